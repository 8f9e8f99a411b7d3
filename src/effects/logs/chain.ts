// Everything that is kept of a service's output, the archives and the log, opened together so that a rotation meanwhile
// takes nothing away: what is rotated out of the log under our eyes is read on in the archive.

import { closeSync, fstatSync, readSync } from "node:fs";
import { basename, dirname } from "node:path";
import { openPlain } from "../files/plain.ts";
import { beginningOf } from "./hole.ts";
import { archivePath, listLogs, logPath, timesPath } from "./names.ts";
import { isFrom } from "./times-format.ts";
import { readHeader, readTimes, type Times } from "./times-reader.ts";

/** One file of a chain. */
export interface Segment extends Disposable {
  readonly path: string;
  readonly inode: number;
  /** True: a service may still write to it. */
  readonly isLive: boolean;
  /** Where its lines began when it was opened: what has been rotated away since is read in the archives. */
  readonly began: number;
  /** Where its lines begin now; what is before is a hole. */
  first(): number;
  size(): number;
  /** True if what it held before has become an archive. */
  isRotated(): boolean;
  /** Wall clock of the last write, in milliseconds. */
  modified(): number;
  times(): Times | undefined;
  /** Copies bytes from `offset` on into `target`; answers how many, and -1 when what was there is gone for good. */
  read(target: Buffer, offset: number): number;
}

/** The files of one service, the oldest first; empty when there are none. */
export type Chain = Segment[];

const attempts = 5;

/** Opens all that there is of a service's output in a directory of logs. */
export function openChain(directory: string, service: string): Chain {
  const live = logPath(directory, service);
  for (let attempt = 1; ; attempt++) {
    const numbers = listLogs(directory).get(service) ?? [];
    const last = openSegment(live, true);
    const archives = numbers.flatMap((number) => openSegment(archivePath(live, number), false) ?? []);
    const chain = last === undefined ? archives : [...archives, last];
    // A rotation in between would show lines twice.
    const isSettled =
      (last === undefined || last.first() === last.began) && newestInode(live) === archives.at(-1)?.inode;
    if (isSettled || attempt === attempts) return chain;
    for (const segment of chain) segment[Symbol.dispose]();
  }
}

/** Takes in the file that is in the log's place by now, if it is another; true if it is. */
export function extendChain(chain: Chain, directory: string, service: string): boolean {
  const live = openSegment(logPath(directory, service), true);
  if (live === undefined) return false;
  if (live.inode === chain.at(-1)?.inode) {
    live[Symbol.dispose]();
    return false;
  }
  chain.push(live);
  return true;
}

function newestInode(live: string): number | undefined {
  using newest = openSegment(archivePath(live, 1), false);
  return newest?.inode;
}

/** Opens one file; undefined when it is not there or may not be read. */
function openSegment(path: string, isLive: boolean): Segment | undefined {
  let fd: number;
  try {
    fd = openPlain(path, "read");
  } catch {
    return undefined;
  }
  const { ino: inode } = fstatSync(fd);
  let times: Times | undefined;
  const begin = (): number => beginningOf(path, fd);
  return {
    path,
    inode,
    isLive,
    began: begin(),
    first: begin,
    size: () => fstatSync(fd).size,
    isRotated() {
      const header = readHeader(timesPath(archivePath(path, 1)));
      return header !== undefined && isFrom(header, inode);
    },
    modified: () => fstatSync(fd).mtimeMs,
    times() {
      times?.[Symbol.dispose]();
      return (times = readTimes(timesPath(path), inode));
    },
    read(target, offset) {
      const read = readSync(fd, target, 0, target.length, offset);
      // Emptied by rotation, where there are no holes: what was not read yet is the newest archive's end.
      if (isLive && read === 0 && fstatSync(fd).size < offset) {
        return Math.max(0, readArchived(path, inode, target, offset, 1));
      }
      // A hole reads as NULs, and lines may have become one since.
      if (!isLive || !target.subarray(0, read).includes(0) || begin() <= offset) return read;
      return readArchived(path, inode, target, offset);
    },
    [Symbol.dispose]() {
      times?.[Symbol.dispose]();
      closeSync(fd);
    },
  };
}

/** Reads what was copied from the log with this inode before it was no longer there; -1 when no archive has it. */
function readArchived(live: string, inode: number, target: Buffer, offset: number, most = Infinity): number {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const read = readNumbered(live, inode, target, offset, most);
    // While a rotation gives all of them other numbers, one may be missed.
    if (read !== -1) return read;
  }
  return -1;
}

function readNumbered(live: string, inode: number, target: Buffer, offset: number, most: number): number {
  const numbers = listLogs(dirname(live)).get(basename(live, ".log")) ?? [];
  for (const number of numbers.toReversed()) {
    if (number > most) break;
    const path = archivePath(live, number);
    using segment = openSegment(path, false);
    if (segment === undefined) continue;
    const header = readHeader(timesPath(path));
    if (header === undefined || !isFrom(header, inode) || header.from > offset) continue;
    const within = offset - header.from;
    if (within >= segment.size()) continue;
    return segment.read(target, within);
  }
  return -1;
}
