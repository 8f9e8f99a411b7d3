// Regular files, opened without following a link and without waiting: whatever else stands in the place of a file of ours is
// refused, and never read, written to or waited for.

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { enterDirectory } from "./enter.ts";
import { kindWords, UnsafePathError } from "./unsafe.ts";

/** What a plain file is opened for; `append` and `write` make one that is missing, `change` does not. */
export type Purpose = "read" | "append" | "write" | "change";

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

const flags: Readonly<Record<Purpose, number>> = {
  read: O_RDONLY,
  append: O_WRONLY | O_APPEND | O_CREAT,
  write: O_RDWR | O_CREAT,
  change: O_RDWR,
};

/**
 * Opens a regular file, for this user alone where it is made; `shown` is its path in words. Throws an `UnsafePathError` for
 * anything else in its place, the system's error where there is nothing or it may not be opened.
 */
export function openPlain(path: string, purpose: Purpose, shown = path): number {
  let fd: number;
  try {
    // A pipe that nobody reads from or writes to must not make us wait.
    fd = openSync(path, flags[purpose] | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw refusal(error, path, shown);
  }
  const stat = fstatSync(fd);
  if (stat.isFile()) return fd;
  closeSync(fd);
  throw new UnsafePathError(`${shown} is ${kindWords(stat)}, not a file`);
}

/** The same in a directory that is no link either, for what is written to. */
export function openPlainIn(path: string, purpose: Purpose): number {
  using directory = enterDirectory(dirname(path));
  return openPlain(directory.at(basename(path)), purpose, path);
}

function refusal(error: unknown, path: string, shown: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const isOdd = code === "ELOOP" || code === "EISDIR" || code === "ENXIO" || code === "EOPNOTSUPP";
  const stat = isOdd ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
  if (stat !== undefined && !stat.isFile()) return new UnsafePathError(`${shown} is ${kindWords(stat)}, not a file`);
  if (error instanceof Error) error.message = error.message.replaceAll(path, shown);
  return error;
}

/** More than this was not written by us, in bytes. */
const largest = 16 * 2 ** 20;

/** The bytes of a small regular file, refused like `openPlain`. */
export function readPlain(path: string): Buffer {
  const fd = openPlain(path, "read");
  try {
    if (fstatSync(fd).size > largest) throw new UnsafePathError(`${path} is too large`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
