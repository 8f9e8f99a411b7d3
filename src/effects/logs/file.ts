// The file that a service writes its output to, opened for the child alone: it is appended to and never truncated.

import { closeSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** An open log file. Dispose it once the child has been spawned: the child has a descriptor of its own. */
export interface LogFile extends Disposable {
  readonly fd: number;
  readonly path: string;
  /** Bytes left by earlier runs: where the tail of this run starts. */
  readonly size: number;
  readonly inode: number;
}

/** Opens a log file for appending, with its directory; throws the system's error (`EACCES`, `ENOSPC` …). */
export function openLogFile(path: string): LogFile {
  const fd = openOrMake(path);
  const { size, ino } = fstatSync(fd);
  let open = true;
  return {
    fd,
    path,
    size,
    inode: ino,
    [Symbol.dispose]: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function openOrMake(path: string): number {
  const open = (): number => openSync(path, "a", 0o600);
  try {
    return open();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return open();
  }
}
