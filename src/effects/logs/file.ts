// The file that a service writes its output to, opened for the child alone: it is appended to and never truncated, and it is
// a regular file below directories that are none of them links, for else the output would go to another file.

import { closeSync, constants, existsSync, fstatSync, openSync } from "node:fs";
import { basename, dirname } from "node:path";
import { enterDirectory } from "../files/enter.ts";
import { openPlain } from "../files/plain.ts";
import { UnsafePathError } from "../files/unsafe.ts";

/** An open log file. Dispose it once the child has been spawned: the child has a descriptor of its own. */
export interface LogFile extends Disposable {
  readonly fd: number;
  readonly path: string;
  /** Bytes left by earlier runs: where the tail of this run starts. */
  readonly size: number;
  readonly inode: number;
}

/** Opens a log file for appending, with its directory; throws an `UnsafePathError` or the system's error (`EACCES`, `ENOSPC` …). */
export function openLogFile(path: string): LogFile {
  using directory = enterDirectory(dirname(path), 0o700);
  const fd = forServices(openPlain(directory.at(basename(path)), "append", path));
  const { size, ino, nlink } = fstatSync(fd);
  if (nlink > 1) {
    closeSync(fd);
    throw new UnsafePathError(`${path} has other names as well (hard links), and they would be written to`);
  }
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

/** The same file with the flags that programs expect of their output. */
function forServices(fd: number): number {
  const own = `/proc/self/fd/${fd}`;
  if (process.platform !== "linux" || !existsSync(own)) return fd;
  try {
    return openSync(own, constants.O_WRONLY | constants.O_APPEND);
  } finally {
    closeSync(fd);
  }
}
