// The line of a log that has no end yet: kept in a buffer that grows by need, and handed over as it is once it stands.

import { now } from "../clock.ts";
import { standingEnd } from "./lines.ts";

/** A line that has stood without an end for so long is handed over: a prompt, or a slow progress bar. Who writes every 100 ms is not cut. */
export const standingFor = 200;

/** What is kept allocated between long lines. */
const keptRoom = 4 * 1024;

/** The bytes behind the last line that was handed over. */
export interface OpenLine {
  readonly length: () => number;
  readonly append: (bytes: Buffer) => void;
  /** Copies all of it to where the target's bytes from `end` on are preceded by it, and is empty; answers where it begins. */
  readonly moveBefore: (target: Buffer, end: number) => number;
  /** All of it; it is empty then. */
  readonly takeAll: () => Buffer;
  /** What may be shown before the rest has come; only what may not is left. */
  readonly takeStanding: () => Buffer;
  /** When it will have stood for long enough; undefined when there is nothing to show. */
  readonly standsAt: () => number | undefined;
}

/** An open line without any bytes. */
export function createOpenLine(): OpenLine {
  let store: Buffer = Buffer.alloc(0);
  let length = 0;
  let grownAt = 0;

  const take = (end: number): Buffer => {
    const taken = Buffer.from(store.subarray(0, end));
    store.copyWithin(0, end, length);
    length -= end;
    if (length === 0 && store.length > keptRoom) store = Buffer.alloc(0);
    return taken;
  };

  return {
    length: () => length,
    append(bytes) {
      if (bytes.length === 0) return;
      const needed = length + bytes.length;
      if (needed > store.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed * 2, 256));
        store.copy(larger, 0, 0, length);
        store = larger;
      }
      bytes.copy(store, length);
      length = needed;
      grownAt = now();
    },
    moveBefore(target, end) {
      const start = end - length;
      store.copy(target, start, 0, length);
      length = 0;
      if (store.length > keptRoom) store = Buffer.alloc(0);
      return start;
    },
    takeAll: () => take(length),
    takeStanding: () => take(standingEnd(store.subarray(0, length))),
    standsAt: () => (standingEnd(store.subarray(0, length)) === 0 ? undefined : grownAt + standingFor),
  };
}
