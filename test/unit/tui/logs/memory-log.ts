// A log file in memory, to be written to by tests.

import type { LogFile } from "../../../../src/tui/host.ts";

export interface MemoryLog extends LogFile {
  write(text: string | Buffer): void;
  truncate(): void;
  /** What is before this byte becomes a hole. */
  rotate(to: number): void;
  /** The engine has seen what is from this byte on at this time. */
  note(from: number, time: number): void;
  /** How many bytes have been read from it. */
  readonly readBytes: () => number;
}

/** A log that holds `text` of earlier runs. */
export function memoryLog(text = ""): MemoryLog {
  let store = Buffer.from(text);
  let length = store.length;
  let read = 0;
  let first = 0;
  const noted: { readonly from: number; readonly time: number }[] = [];
  return {
    path: "memory.log",
    start: length,
    first: () => first,
    beginning: () => first,
    timeAt: (offset) => noted.findLast((note) => note.from <= offset)?.time,
    size: () => length,
    read(target, offset) {
      if (offset < first) return 0;
      const count = Math.max(0, Math.min(target.length, length - offset));
      store.copy(target, 0, offset, offset + count);
      read += count;
      return count;
    },
    write(more) {
      const bytes = Buffer.from(more);
      if (length + bytes.length > store.length) {
        const larger = Buffer.alloc(Math.max(store.length * 2, length + bytes.length));
        store.copy(larger, 0, 0, length);
        store = larger;
      }
      bytes.copy(store, length);
      length += bytes.length;
    },
    truncate: () => {
      length = first = 0;
    },
    rotate(to) {
      store.fill(0, 0, to);
      first = to;
    },
    note: (from, time) => void noted.push({ from, time }),
    readBytes: () => read,
    [Symbol.dispose]: () => {},
  };
}
