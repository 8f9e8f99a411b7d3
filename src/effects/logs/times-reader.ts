// When the lines of a log were seen, looked up in the file of times beside it. That file is never needed: one that is
// missing, torn or about another log is as if there were no times.

import { closeSync, fstatSync, readSync } from "node:fs";
import { openPlain } from "../files/plain.ts";
import { decodeHeader, decodeRecord, headerSize, isAbout, recordSize, type TimesHeader } from "./times-format.ts";

/** The times of one log. */
export interface Times extends Disposable {
  readonly header: TimesHeader;
  /** The time of what begins at `offset`, and up to where that time holds; undefined where nothing is known. */
  at(offset: number): { readonly time: number; readonly until: number } | undefined;
  /** Everything before the answered offset was seen before `time`. */
  offsetAt(time: number): number;
}

const block = 512;

/** Opens the times at `path` if they are about the file with this inode. Those of a copy count from where it was copied. */
export function readTimes(path: string, inode: number): Times | undefined {
  const header = readHeader(path);
  if (header === undefined || !isAbout(header, inode)) return undefined;
  let fd: number;
  let count: number;
  try {
    fd = openPlain(path, "read");
    count = Math.max(0, Math.floor((fstatSync(fd).size - headerSize) / recordSize));
  } catch {
    return undefined;
  }
  const bytes = Buffer.alloc(block * recordSize);
  let loaded = -1;
  const record = (index: number): { readonly offset: number; readonly time: number } => {
    const wanted = Math.floor(index / block);
    if (wanted !== loaded) {
      bytes.fill(0);
      readSync(fd, bytes, 0, bytes.length, headerSize + wanted * bytes.length);
      loaded = wanted;
    }
    return decodeRecord(bytes, (index % block) * recordSize);
  };
  /** The first record for which the condition holds, which holds for all behind it as well. */
  const find = (holds: (index: number) => boolean): number => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  let last = 0;
  const { from } = header;
  return {
    header,
    at(place) {
      const offset = place + from;
      const isNext = last < count && record(last).offset > offset && (last === 0 || record(last - 1).offset <= offset);
      if (!isNext) last = find((index) => record(index).offset > offset);
      if (last >= count) return undefined;
      const { time, offset: until } = record(last);
      return { time, until: until - from };
    },
    offsetAt(time) {
      const index = find((at) => record(at).time >= time);
      return index === 0 ? header.first : Math.max(header.first, record(index - 1).offset - from);
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** The header of the times at `path`; undefined if there are none. */
export function readHeader(path: string): TimesHeader | undefined {
  let fd: number | undefined;
  try {
    fd = openPlain(path, "read");
    const bytes = Buffer.alloc(headerSize);
    return readSync(fd, bytes, 0, headerSize, 0) === headerSize ? decodeHeader(bytes) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
