// Those who are attached to one pseudo-terminal: they see the same, type into the same, and its size fits them all.

/** Of a terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One who has joined a service's terminal. Disposing leaves it. */
export interface Attachment extends Disposable {
  write(keys: Buffer): void;
  resize(columns: number, rows: number): void;
  /** Calls back with what is shown; the first who listens is given the latest of it at once. */
  onData(listener: (bytes: Buffer) => void): Disposable;
  /** Resolves when the terminal is closed or has been left. */
  readonly closed: Promise<void>;
}

/** Everyone attached to one terminal. */
export interface Audience {
  join(size: Size): Attachment;
  show(bytes: Buffer): void;
  close(): void;
}

/** What is kept for those who come late: about a screen of it. */
const kept = 8 * 1024;
/** No terminal is larger, and the system takes no more than a short. */
const largest = 1000;

interface Member {
  size: Size;
  readonly listeners: Set<(bytes: Buffer) => void>;
  readonly leave: () => void;
}

/** Nobody has joined yet; keys and changes of size are passed on. */
export function newAudience(type: (keys: Buffer) => void, resize: (size: Size) => void): Audience {
  const members = new Set<Member>();
  let recent: Buffer[] = [];
  let recentSize = 0;
  let isClosed = false;
  let current = "";

  const fit = (): void => {
    if (members.size === 0) return;
    const sizes = [...members].map((member) => member.size);
    const columns = clamp(Math.min(...sizes.map((size) => size.columns)));
    const rows = clamp(Math.min(...sizes.map((size) => size.rows)));
    if (current === `${columns}x${rows}`) return;
    current = `${columns}x${rows}`;
    resize({ columns, rows });
  };

  return {
    join(size) {
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      const leave = (): void => {
        if (members.delete(member)) fit();
        member.listeners.clear();
        resolve();
      };
      const member: Member = { size, listeners: new Set(), leave };
      if (isClosed) resolve();
      else members.add(member);
      fit();
      let isFirst = true;
      return {
        write(keys) {
          if (members.has(member)) type(keys);
        },
        resize(columns, rows) {
          member.size = { columns, rows };
          fit();
        },
        onData(listener) {
          const replay = isFirst ? latest(recent, recentSize) : Buffer.alloc(0);
          isFirst = false;
          if (members.has(member)) member.listeners.add(listener);
          if (replay.length > 0) listener(replay);
          return { [Symbol.dispose]: () => void member.listeners.delete(listener) };
        },
        closed,
        [Symbol.dispose]: leave,
      };
    },
    show(bytes) {
      recent.push(bytes);
      recentSize += bytes.length;
      while (recentSize - (recent[0]?.length ?? 0) > kept) recentSize -= recent.shift()?.length ?? 0;
      for (const { listeners } of members) for (const listener of listeners) listener(bytes);
    },
    close() {
      isClosed = true;
      for (const { leave } of members) leave();
      recent = [];
      recentSize = 0;
    },
  };
}

/** The last bytes, from the start of a line on where they were cut. */
function latest(recent: readonly Buffer[], size: number): Buffer {
  const all = Buffer.concat(recent);
  if (size <= kept) return all;
  const last = all.subarray(-kept);
  return last.subarray(last.indexOf(10) + 1);
}

function clamp(cells: number): number {
  return Math.min(largest, Math.max(1, Math.floor(cells) || 1));
}
