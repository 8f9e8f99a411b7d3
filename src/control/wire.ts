// JSON objects, one a line, both ways over any stream. Whatever comes in, nothing is thrown and memory stays bounded: a line
// without end, what is no JSON, or a partner that does not read ends the connection, and nothing else.

import type { Duplex } from "node:stream";
import type { Allowance } from "./limits.ts";

/** Bytes of the longest line that a partner is trusted with. */
const longestLine = 4 * 2 ** 20;

/** Bytes that wait for a partner that does not read, before it is given up. */
const mostWaiting = 16 * 2 ** 20;

/** What is heard. */
export interface Listener {
  onMessage(message: object): void;
  /** Called once, when nothing will come any more; with words when it was not the partner who left. */
  onEnd(words?: string): void;
  /** What the partner is told of these words before the connection goes, if it still reads. */
  lastWords?(words: string): object;
}

/** One connection. */
export interface Wire {
  /** Says a message; one that comes after the end is said to nobody. */
  send(message: object): void;
  /** Says what `encode` has made, which may be said on many wires. */
  sendEncoded(line: Buffer): void;
  /** Bytes that the partner has not read yet and that the system does not hold for it. */
  waiting(): number;
  /** Says what is still to be said and ends; what comes in meanwhile is heard. */
  end(): void;
  /** Ends at once. */
  destroy(): void;
}

/** A message as bytes on the wire. */
export function encode(message: object): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}

/** What bounds a wire, besides what bounds every wire. */
export interface Bounds {
  /** Of a line that comes in, in bytes. */
  readonly longest?: number;
  /** Its part of what many wires may take together. */
  readonly allowance?: Allowance;
}

/** Talks over a stream, which from now on belongs to the wire. */
export function openWire(stream: Duplex, listener: Listener, bounds: Bounds = {}): Wire {
  const { longest = longestLine, allowance } = bounds;
  let over = false;

  const finish = (words?: string): void => {
    if (over) return;
    over = true;
    allowance?.end();
    const last = words === undefined ? undefined : listener.lastWords?.(words);
    if (last === undefined || stream.writableLength > 0 || stream.writableEnded) stream.destroy();
    else stream.end(encode(last), () => stream.destroy());
    listener.onEnd(words);
  };

  const take = (line: Buffer): void => {
    const message = parse(line);
    if (message === undefined) return finish("What came in is no JSON object on a line of its own.");
    listener.onMessage(message);
  };

  const mayHold = (bytes: number): boolean => {
    if (bytes > longest) finish(`A line came in that is longer than ${Math.floor(longest / 2 ** 20)} MB.`);
    else if (allowance?.mayHold(bytes) === false) finish("All who talk to this run have begun too long lines by now.");
    return !over;
  };
  const lines = newSplitter(take, mayHold);
  stream.on("data", (chunk: Buffer) => lines.push(chunk, () => over));
  // `end`, and then `close`; a broken one has only the latter, and its error says no more than that.
  stream.on("drain", () => allowance?.mayWait(0));
  stream.on("end", () => finish());
  stream.on("error", () => finish());
  stream.on("close", () => finish());
  // One that broke before it came here says so no more.
  if (stream.destroyed) queueMicrotask(() => finish());

  const sendEncoded = (line: Buffer): void => {
    if (over || stream.writableEnded) return;
    const isTooMuch = stream.writableLength > mostWaiting || allowance?.mayWait(stream.writableLength) === false;
    if (isTooMuch) return finish("The other side does not read what it is told.");
    stream.write(line);
  };

  return {
    send: (message) => sendEncoded(encode(message)),
    sendEncoded,
    waiting: () => stream.writableLength,
    end: () => void stream.end(),
    destroy: () => finish(),
  };
}

function parse(line: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts bytes into lines, as far as those that have no end yet may be held; a character that is split over two pieces is whole again in its line. */
function newSplitter(take: (line: Buffer) => void, mayHold: (bytes: number) => boolean) {
  let held = Buffer.alloc(0);
  let size = 0;

  const hold = (piece: Buffer): void => {
    if (size + piece.length > held.length) {
      const grown = Buffer.allocUnsafe((size + piece.length) * 2);
      held.copy(grown, 0, 0, size);
      held = grown;
    }
    piece.copy(held, size);
    size += piece.length;
  };

  const release = (): Buffer => {
    const line = held.subarray(0, size);
    held = Buffer.alloc(0);
    size = 0;
    mayHold(0);
    return line;
  };

  return {
    /** Takes every line that is complete now, until `isOver`. */
    push(chunk: Buffer, isOver: () => boolean): void {
      let from = 0;
      while (!isOver()) {
        const end = chunk.indexOf(10, from);
        const piece = chunk.subarray(from, end === -1 ? undefined : end);
        if (!mayHold(size + piece.length)) return;
        if (end === -1) return piece.length > 0 ? hold(piece) : undefined;
        from = end + 1;
        if (size === 0) take(piece);
        else {
          hold(piece);
          take(release());
        }
      }
    },
  };
}
