// A log file in memory, to be written to by tests.

import type { LogFile } from "../../../../src/tui/host.ts";

export interface MemoryLog extends LogFile {
  write(text: string | Buffer): void;
  truncate(): void;
  /** How many bytes have been read from it. */
  readonly readBytes: () => number;
}

/** A log that holds `text` of earlier runs. */
export function memoryLog(text = ""): MemoryLog {
  let store = Buffer.from(text);
  let length = store.length;
  let read = 0;
  return {
    path: "memory.log",
    start: length,
    size: () => length,
    read(target, offset) {
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
      length = 0;
    },
    readBytes: () => read,
    [Symbol.dispose]: () => {},
  };
}
