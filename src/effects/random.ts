// Random bytes from where the system has them. Node's own module for that takes 8 ms to load, at every start.

import { closeSync, openSync, readSync } from "node:fs";

/** So many bytes that nobody can guess, as hexadecimal digits; throws the system's error where there are none to be had. */
export function randomHex(bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  const fd = openSync("/dev/urandom", "r");
  try {
    for (let read = 0; read < bytes;) read += readSync(fd, buffer, read, bytes - read, null);
  } finally {
    closeSync(fd);
  }
  return buffer.toString("hex");
}
