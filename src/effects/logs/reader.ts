// A log file as whoever scrolls in it reads it: any part of it at any time, while a service writes at its end.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A log file that is read at will; it need not be there yet. */
export interface LogReader extends Disposable {
  readonly path: string;
  /** Bytes at the moment, 0 while the file is not there; less than before after a truncation. */
  size(): number;
  /** Copies bytes from `offset` on into `target`; answers how many there were. */
  read(target: Buffer, offset: number): number;
}

/** Reads the file at `path`; nothing is opened before it is asked for, and nothing here throws. */
export function readLog(path: string): LogReader {
  let fd: number | undefined;

  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  const descriptor = (): number | undefined => {
    if (fd !== undefined) return fd;
    try {
      return (fd = openSync(path, "r"));
    } catch {
      // Not written yet, or gone.
      return undefined;
    }
  };

  return {
    path,
    size() {
      const open = descriptor();
      if (open === undefined) return 0;
      const { size, nlink } = fstatSync(open);
      // Deleted by somebody: a service that is started again writes to a new file of this name.
      if (nlink === 0) close();
      return size;
    },
    read(target, offset) {
      const open = descriptor();
      if (open === undefined) return 0;
      try {
        return readSync(open, target, 0, target.length, offset);
      } catch {
        return 0;
      }
    },
    [Symbol.dispose]: close,
  };
}
