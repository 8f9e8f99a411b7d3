// Where a log begins: behind the hole that rotation has left at its front.

import { fstatSync, readSync } from "node:fs";
import { timesPath } from "./names.ts";
import { isAbout } from "./times-format.ts";
import { readHeader } from "./times-reader.ts";

const page = 4096;
/** Files of fewer missing bytes have no hole: file systems count blocks in ways of their own. */
const slack = 8 * 1024;

/** The first byte of the open log at `path` that is no hole. The file of times says it; without one it is searched for. */
export function beginningOf(path: string, fd: number): number {
  const { ino, size, blocks } = fstatSync(fd);
  const header = readHeader(timesPath(path));
  if (header !== undefined && isAbout(header, ino)) return header.first <= size ? header.first : 0;
  return blocks * 512 + slack < size ? endOfHole(fd, size) : 0;
}

function endOfHole(fd: number, size: number): number {
  const bytes = Buffer.alloc(page);
  const firstIn = (index: number): number => {
    const read = readSync(fd, bytes, 0, page, index * page);
    return bytes.subarray(0, read).findIndex((byte) => byte !== 0);
  };
  let low = 0;
  let high = Math.floor(size / page);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (firstIn(middle) !== -1) high = middle;
    else low = middle + 1;
  }
  const first = firstIn(low);
  return first === -1 ? size : low * page + first;
}
