// The entries of a run as they come: the latest are kept, and as many readers as want them see every one, in order.

import type { Entry } from "./event.ts";

/** The entries so far, and whoever waits for more. */
export interface Entries {
  /** Takes the next entry; its number follows that of the one before. */
  add(entry: Entry): void;
  /** The kept entries from number `from` on, then every new one; ends after the last of the run, or by `close`. */
  read(from?: number): AsyncIterable<Entry>;
  /** Called at once for every new entry. */
  subscribe(reader: (entry: Entry) => void): Disposable;
  /** The latest entries, oldest first, at most `count`. */
  latest(count: number): readonly Entry[];
  /** No more will come. */
  close(): void;
}

/** Entries kept in memory; a reader that asks for older ones starts at the oldest kept. */
const kept = 512;

/** No entry yet, or those that came before. */
export function newEntries(before: readonly Entry[] = []): Entries {
  const entries = [...before];
  const readers = new Set<(entry: Entry) => void>();
  let waiting: (() => void)[] = [];
  let closed = false;

  const wakeAll = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };

  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > kept) entries.shift();
      // Who comes or goes because of this entry hears from the next one on, or no more.
      const told = [...readers];
      for (const reader of told) if (readers.has(reader)) reader(entry);
      wakeAll();
    },

    async *read(from = 1) {
      for (let next = from; ;) {
        const oldest = entries[0]?.number ?? next;
        const entry = entries[Math.max(next, oldest) - oldest];
        if (entry === undefined) {
          if (closed) return;
          await new Promise<void>((resolve) => waiting.push(resolve));
          continue;
        }
        yield entry;
        if (entry.ended) return;
        next = entry.number + 1;
      }
    },

    subscribe(reader) {
      readers.add(reader);
      return { [Symbol.dispose]: () => readers.delete(reader) };
    },

    latest: (count) => (count > 0 ? entries.slice(-count) : []),

    close() {
      closed = true;
      wakeAll();
    },
  };
}
