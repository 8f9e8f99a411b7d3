// The last lines of one service, kept as bytes in a ring that is bounded in bytes, costs nothing while nothing is written,
// and grows by need.

import { type LineBatch, linesOf } from "./lines.ts";

/** The last bytes of a service's output. */
export interface Ring {
  /** Copies the lines of a batch. */
  readonly push: (batch: LineBatch) => void;
  /** The last `count` lines, oldest first, fewer where fewer are kept. */
  readonly last: (count: number) => string[];
}

const lineFeed = 10;
const smallest = 4 * 1024;

/** A ring of at most `limit` bytes, 1 MiB if not given. */
export function createRing(limit = 1024 * 1024): Ring {
  let store = Buffer.alloc(0);
  let start = 0;
  let length = 0;
  // True once something was overwritten, so that the oldest bytes are the rest of a lost line.
  let overwritten = false;

  const byteAt = (index: number): number | undefined => store[(start + index) % store.length];

  const grow = (needed: number): void => {
    if (needed <= store.length || store.length >= limit) return;
    let size = Math.max(smallest, store.length);
    while (size < needed) size *= 2;
    const larger = Buffer.allocUnsafeSlow(Math.min(size, limit));
    copyOut(larger, 0);
    store = larger;
    start = 0;
  };

  /** Copies what is kept from `from` on to the front of `target`. */
  const copyOut = (target: Buffer, from: number): void => {
    if (length === 0) return;
    const first = (start + from) % store.length;
    const untilWrap = Math.min(length - from, store.length - first);
    store.copy(target, 0, first, first + untilWrap);
    store.copy(target, untilWrap, 0, length - from - untilWrap);
  };

  const append = (bytes: Buffer): void => {
    const kept = bytes.length > limit ? bytes.subarray(bytes.length - limit) : bytes;
    grow(length + kept.length);
    const at = (start + length) % store.length;
    const untilWrap = Math.min(kept.length, store.length - at);
    kept.copy(store, at, 0, untilWrap);
    kept.copy(store, 0, untilWrap);
    const lost = Math.max(0, length + kept.length - store.length);
    if (lost > 0 || kept !== bytes) overwritten = true;
    start = (start + lost) % store.length;
    length += kept.length - lost;
  };

  /** Where the last `count` lines begin, seen from the oldest byte. */
  const startOfLast = (count: number): number => {
    let found = 0;
    // The last byte ends the last line or belongs to it: only line feeds before it separate lines.
    for (let index = length - 2; index >= 0; index--) {
      if (byteAt(index) === lineFeed && ++found === count) return index + 1;
    }
    if (!overwritten) return 0;
    for (let index = 0; index < length - 1; index++) if (byteAt(index) === lineFeed) return index + 1;
    return 0;
  };

  return {
    push: (batch) => {
      if (batch.bytes.length === 0) return;
      const separate = !batch.continued && length > 0 && byteAt(length - 1) !== lineFeed;
      if (separate) append(Buffer.of(lineFeed));
      append(batch.bytes);
    },
    last: (count) => {
      if (count <= 0 || length === 0) return [];
      const from = startOfLast(count);
      const bytes = Buffer.allocUnsafe(length - from);
      copyOut(bytes, from);
      const lines = Array.from(linesOf({ bytes, continued: false, origin: "program" }), (line) => line.text);
      return lines.slice(-count);
    },
  };
}
