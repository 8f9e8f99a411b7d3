// A log as whoever scrolls in it reads it: any part of it at any time, while a service writes at its end. When another file
// takes the log's place, because the log has become an archive or somebody has moved it, its bytes follow on those of the
// old one, which stay readable: offsets are of the log, not of a file.

import { closeSync, fstatSync, readSync, statSync, type Stats } from "node:fs";
import { openPlain } from "../files/plain.ts";
import { beginningOf } from "./hole.ts";
import { timesPath } from "./names.ts";
import { readTimes, type Times } from "./times-reader.ts";

/** A log that is read at will; it need not be there yet. */
export interface LogReader extends Disposable {
  readonly path: string;
  /** Where what can be read begins; what was before has been rotated away. */
  first(): number;
  /** Bytes at the moment, 0 while the file is not there; less than before after a truncation. */
  size(): number;
  /** Copies bytes from `offset` on into `target`; answers how many there were, none where they have been rotated away. */
  read(target: Buffer, offset: number): number;
  /** Where the file begins that this byte is in. */
  beginning(offset: number): number;
  /** When what is at `offset` was seen, as the engine has noted it, in wall-clock milliseconds. */
  timeAt(offset: number): number | undefined;
}

/** One file that was or is the log. */
interface Part {
  readonly fd: number;
  readonly inode: number;
  /** The log's offset of its first byte. */
  readonly base: number;
  /** Bytes of it that can no longer be read. */
  hole: number;
  size: number;
  /** Blocks of the disk when it was last asked whether there is a hole. */
  asked: number;
  times?: Times | undefined;
}

/** Files that are kept open after others have taken their place. */
const kept = 3;
/** File systems count blocks in ways of their own. */
const slack = 8 * 1024;
const lineFeed = 10;

/** Reads the log at `path`; nothing is opened before it is asked for, and nothing here throws. */
export function readLog(path: string): LogReader {
  // The oldest first. Between two of them there is a line feed of ours where the older one does not end with one.
  let parts: Part[] = [];

  const close = ({ fd, times }: Part): void => {
    times?.[Symbol.dispose]();
    closeSync(fd);
  };

  const open = (base: number): Part | undefined => {
    try {
      const fd = openPlain(path, "read");
      const { ino: inode, size } = fstatSync(fd);
      return { fd, inode, base, size, hole: beginningOf(path, fd), asked: Number.POSITIVE_INFINITY };
    } catch {
      // Not written yet, or gone.
      return undefined;
    }
  };

  /** Where the log ends, and another file would begin. */
  const end = (): number => {
    const last = parts.at(-1);
    if (last === undefined) return 0;
    return last.base + last.size;
  };

  const follow = (stats: Stats): void => {
    const last = parts.at(-1);
    if (last !== undefined && last.inode !== stats.ino) {
      const { size } = fstatSync(last.fd);
      last.hole = Math.max(last.hole, beginningOf(path, last.fd));
      // A NUL at the end is the end of a hole.
      last.size = size + (size > 0 && ![lineFeed, 0].includes(byteAt(last.fd, size - 1)) ? 1 : 0);
    }
    const next = open(end());
    if (next === undefined) return;
    parts.push(next);
    while (parts.length > kept) parts.splice(0, 1).forEach(close);
  };

  /** Looks how long the last file is by now, and where it begins. */
  const look = (): void => {
    const named = statOf(path);
    const last = parts.at(-1);
    if (named !== undefined && named.ino !== last?.inode) return follow(named);
    if (last === undefined) return;
    const { size, blocks } = named ?? fstatSync(last.fd);
    if (size < last.size) {
      // Emptied: offsets go back, and what was before is of no use to anybody.
      parts.splice(0, parts.length - 1).forEach(close);
      last.hole = 0;
    }
    last.size = size;
    const isSparse = blocks * 512 + slack < size - last.hole;
    if (isSparse && blocks < last.asked) askForHole(last, blocks);
  };

  const askForHole = (part: Part, blocks: number): void => {
    part.asked = blocks;
    const begins = beginningOf(path, part.fd);
    if (begins > part.hole) part.asked = Number.POSITIVE_INFINITY;
    part.hole = Math.max(part.hole, begins);
  };

  const partAt = (offset: number): Part | undefined => parts.findLast(({ base }) => base <= offset);

  return {
    path,
    first: () => (parts[0] === undefined ? 0 : parts[0].base + parts[0].hole),
    size() {
      look();
      return end();
    },
    read(target, offset) {
      if (parts.length === 0) look();
      let done = 0;
      for (let part = partAt(offset); part !== undefined && done < target.length; part = partAt(offset + done)) {
        const at = offset + done - part.base;
        const isLast = part === parts.at(-1);
        const room = isLast ? target.length - done : Math.min(target.length - done, part.size - at);
        if (room <= 0) break;
        const bytes = target.subarray(done, done + room);
        const read = readSome(part.fd, bytes, at);
        if (bytes.subarray(0, read).includes(0)) {
          // A hole reads as NULs, and there may be one by now.
          askForHole(part, Number.POSITIVE_INFINITY);
          if (at < part.hole) return 0;
        }
        done += read;
        if (read === room) continue;
        if (isLast) break;
        target[done] = lineFeed;
        done++;
      }
      return done;
    },
    beginning: (offset) => {
      const part = partAt(offset);
      return part === undefined ? 0 : part.base + part.hole;
    },
    timeAt(offset) {
      const part = partAt(offset);
      if (part === undefined) return undefined;
      part.times ??= readTimes(timesPath(path), part.inode);
      return part.times?.at(offset - part.base)?.time;
    },
    [Symbol.dispose]() {
      parts.forEach(close);
      parts = [];
    },
  };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readSome(fd: number, target: Buffer, offset: number): number {
  try {
    return readSync(fd, target, 0, target.length, offset);
  } catch {
    return 0;
  }
}

/** 0 also where there is none. */
function byteAt(fd: number, offset: number): number {
  const byte = Buffer.alloc(1);
  readSome(fd, byte, offset);
  return byte[0] ?? 0;
}
