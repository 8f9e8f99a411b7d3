// What stands where a file or directory of ours should be, in words.

import type { Stats } from "node:fs";

/** Thrown for what launch does not open; the message says which path and what it is. */
export class UnsafePathError extends Error {
  override name = "UnsafePathError";
}

/** What a file is that is no regular one. */
export function kindWords(stat: Stats): string {
  if (stat.isSymbolicLink()) return "a symbolic link";
  if (stat.isDirectory()) return "a directory";
  if (stat.isFIFO()) return "a named pipe";
  if (stat.isSocket()) return "a socket";
  return stat.isFile() ? "a file" : "a device";
}
