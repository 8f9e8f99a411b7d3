// Random bytes from where the system has them. Node's own module for that takes 8 ms to load, at every start.

import { closeSync, openSync, readSync } from "node:fs";

/** As many are read at once: every service needs some. */
const poolSize = 4096;

let pool: Buffer = Buffer.alloc(0);

/** So many bytes, 4096 at most, that nobody can guess, as hexadecimal digits; throws the system's error where there are none to be had. */
export function randomHex(bytes: number): string {
  if (pool.length < bytes) pool = readRandom(poolSize);
  const digits = pool.toString("hex", 0, bytes);
  pool = pool.subarray(bytes);
  return digits;
}

function readRandom(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  const fd = openSync("/dev/urandom", "r");
  try {
    for (let read = 0; read < bytes;) read += readSync(fd, buffer, read, bytes - read, null);
  } finally {
    closeSync(fd);
  }
  return buffer;
}
