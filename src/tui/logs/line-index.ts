// The lines of one log file: which offset each begins at, found by counting line feeds as the file grows, and read back from
// the file when somebody looks. Nothing of the text is kept but the piece that was looked at last.

import { countLineFeeds } from "../../core/line-feeds.ts";
import type { LogFile } from "../host.ts";
import { checkpointSpacing, createCheckpoints } from "./checkpoints.ts";
import { cutLength, lineBound, startsOf, textOf } from "./cut.ts";
import type { Line, Source } from "./source.ts";
import { createBorders } from "./borders.ts";
import { createTimes } from "./times.ts";

/** A source that follows one file. */
export interface LineIndex extends Source {
  readonly service: string;
  /** Takes in what has been written since, at most 4 MiB; `time` is the wall clock. True if anything changed. */
  poll(time: number): boolean;
  /** A run ended where the file had this many bytes; answers the words of its border. */
  addBorder(offset: number, text: string): { text: string };
  /** Bytes that have been written and not been taken in. */
  behind(): number;
}

const lineFeed = 10;
const mostPerPoll = 4 * 1024 * 1024;
// Of a file that is long already, this much is taken in at once; the rest is there when somebody goes back.
const firstLook = 4 * 1024 * 1024;
const backStep = 1024 * 1024;
const window = checkpointSpacing;
const truncationRemark = "this log was cut off or emptied; what it held before is gone, or in its archives";

// One for all: it is in use only within a call.
const scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** Opens the index of a service's log; lines of this run begin at 0, older ones are below. */
export function createLineIndex(service: string, file: LogFile): LineIndex {
  const existing = file.size();
  /** Where this run's part begins, as far as it has not been rotated away. */
  const start = (): number => Math.max(file.start, file.first());
  const origin = existing - start() > firstLook ? lineAfter(file, existing - firstLook) : start();
  const checkpoints = createCheckpoints(0, origin);
  const times = createTimes();
  /** Everything before this offset has been looked at. */
  let scanned = origin;
  /** The line that has no end yet, or the next one: its number and where it begins. */
  let next = 0;
  let nextStart = origin;
  /** What was there before has no time. */
  let timed = existing;
  let remark: number | undefined;
  let runStart = origin === start() ? 0 : undefined;
  /** What was looked at last, in memory that the next piece takes over. */
  let piece: Piece | undefined;
  let store = Buffer.alloc(0);

  const end = (): number => (scanned > nextStart ? next + 1 : next);
  const first = (): number => remark ?? checkpoints.line(0);

  const cutLongLine = (): void => {
    while (scanned - nextStart > lineBound) {
      nextStart += cutLength(readAll(file, nextStart + lineBound - 3, nextStart + lineBound + 1));
      next++;
      checkpoints.add(next, nextStart);
    }
  };

  const take = (bytes: Buffer): void => {
    for (let from = 0; from < bytes.length; from += window) {
      const to = Math.min(from + window, bytes.length);
      const base = scanned;
      const feeds = countLineFeeds(bytes, from, to);
      if (feeds > 0) {
        scanned = base + bytes.indexOf(lineFeed, from) - from;
        cutLongLine();
        next += feeds;
        nextStart = base + bytes.lastIndexOf(lineFeed, to - 1) + 1 - from;
        checkpoints.add(next, nextStart);
      }
      scanned = base + to - from;
      cutLongLine();
    }
  };

  /** The first line that begins at an offset or behind it. */
  const lineAt = (offset: number): number | undefined => {
    if (offset > scanned || offset < checkpoints.offset(0)) return undefined;
    if (offset >= nextStart) return offset > nextStart ? next + 1 : next;
    let index = checkpoints.find(Number.POSITIVE_INFINITY);
    while (checkpoints.offset(index) > offset) index--;
    const { first: line, offset: base, starts } = pieceAt(checkpoints.line(index));
    return line + starts().findIndex((start) => base + start >= offset);
  };
  const borders = createBorders(lineAt);

  const restart = (): void => {
    borders.clear();
    remark = end();
    next = remark + 1;
    nextStart = scanned = timed = file.first();
    checkpoints.restart(next, nextStart);
    runStart = undefined;
  };

  /** Lines before this offset have been rotated away. */
  const forget = (offset: number): void => {
    remark = runStart = piece = undefined;
    if (offset >= nextStart) {
      if (offset > nextStart) next = end();
      scanned = Math.max(scanned, offset);
      nextStart = offset;
      return checkpoints.restart(next, offset);
    }
    let index = checkpoints.find(Number.POSITIVE_INFINITY);
    while (index >= 0 && checkpoints.offset(index) >= offset) index--;
    const isLast = checkpoints.offset(index + 1) > nextStart;
    const [line, until] = isLast ? [next, nextStart] : [checkpoints.line(index + 1), checkpoints.offset(index + 1)];
    const between = startsOf(readAll(file, offset, until)).length - 1;
    checkpoints.forget(index + 1);
    checkpoints.addBefore([{ line: line - between, offset }]);
  };

  const pieceAt = (line: number): Piece => {
    const index = checkpoints.find(line);
    const from = checkpoints.offset(index);
    const to = Math.min(checkpoints.offset(index + 1), scanned);
    if (piece?.offset === from && piece.offset + piece.bytes.length === to) return piece;
    const before = from > file.first() ? 1 : 0;
    if (store.length < to - from + before) store = Buffer.allocUnsafeSlow(2 * (to - from + before));
    const bytes = store.subarray(0, to - from + before);
    const read = file.read(bytes, from - before);
    piece = newPiece(checkpoints.line(index), from, bytes.subarray(before, Math.max(before, read)), bytes[0], before);
    return piece;
  };

  const above = (line: number): string | undefined =>
    line < checkpoints.line(0) ? undefined : pieceAt(line).textAt(line);

  return {
    service,
    first,
    end,
    poll(time) {
      const size = file.size();
      const truncated = size < scanned;
      if (truncated) {
        times.note(end(), time);
        restart();
      }
      if (file.first() > checkpoints.offset(0)) forget(file.first());
      const until = Math.min(size, scanned + mostPerPoll, scanned < timed ? timed : Number.POSITIVE_INFINITY);
      if (until <= scanned) return truncated;
      const from = end();
      const isTimed = scanned >= timed;
      for (let left = until - scanned; left > 0;) {
        const read = file.read(scratch.subarray(0, Math.min(scratch.length, left)), scanned);
        if (read === 0) break;
        take(scratch.subarray(0, read));
        left -= read;
      }
      if (isTimed && end() > from) times.note(from, time);
      return true;
    },
    behind: () => Math.max(0, file.size() - scanned),
    lines(from, count) {
      const found: Line[] = [];
      const to = Math.min(from + count, end());
      for (let number = Math.max(from, first()); number < to; number++) {
        if (number === remark) {
          found.push({ number, service, text: truncationRemark, origin: "launch", continued: false });
          continue;
        }
        const piece = pieceAt(number);
        found.push({
          number,
          service,
          text: piece.textAt(number),
          origin: "program",
          continued: number !== runStart && number !== first() && piece.isContinued(number),
        });
      }
      return found;
    },
    around(number) {
      if (number === remark) {
        const bytes = Buffer.from(`${truncationRemark}\n`);
        return { first: number, count: 1, bytes, starts: [0, bytes.length], above: () => undefined };
      }
      const { first, bytes, starts } = pieceAt(number);
      return {
        first,
        count: Math.min(checkpoints.line(checkpoints.find(number) + 1), end()) - first,
        bytes,
        get starts() {
          return starts();
        },
        above: (steps) => above(first - steps),
      };
    },
    isOpen: (number) => number === next && scanned > nextStart,
    timeOf(number) {
      const seen = times.timeOf(number);
      if (seen !== undefined || number === remark) return seen;
      const { first, offset, starts } = pieceAt(number);
      return file.timeAt(offset + (starts()[number - first] ?? 0));
    },
    isCut: () => remark === undefined && checkpoints.offset(0) > start(),
    extendBack() {
      const low = checkpoints.offset(0);
      if (low <= file.first() || remark !== undefined) return false;
      // One step ends exactly where this run begins, so that its first line is known.
      const from = Math.max(low > file.start ? file.start : 0, file.first(), low - backStep);
      const read = readAll(file, from, low);
      const feed = read.indexOf(lineFeed);
      const isLineStart = from === file.first() || from === file.start;
      const begin = isLineStart || feed === -1 || feed === read.length - 1 ? 0 : feed + 1;
      const starts = startsOf(read.subarray(begin));
      const line = checkpoints.line(0) - (starts.length - 1);
      checkpoints.addBefore(sparse(starts, line, from + begin));
      if (from + begin === file.start) runStart = line;
      return true;
    },
    placeInFile(number) {
      if (number < checkpoints.line(0) || number >= end()) return { service, line: 1 };
      const { first, offset, starts } = pieceAt(number);
      return { service, line: 1 + feedsBefore(file, offset + (starts()[number - first] ?? 0)) };
    },
    addBorder: borders.add,
    borders: borders.all,
    runStart: () => (runStart !== undefined && runStart > first() ? runStart : undefined),
  };
}

/** Some lines that have been read. */
interface Piece {
  readonly first: number;
  readonly offset: number;
  readonly bytes: Buffer;
  readonly starts: () => number[];
  readonly textAt: (line: number) => string;
  readonly isContinued: (line: number) => boolean;
}

function newPiece(first: number, offset: number, bytes: Buffer, byteBefore: number | undefined, before: number): Piece {
  let known: number[] | undefined;
  const starts = (): number[] => (known ??= startsOf(bytes));
  return {
    first,
    offset,
    bytes,
    starts,
    textAt: (line) => textOf(bytes, starts()[line - first] ?? 0, starts()[line - first + 1] ?? 0),
    isContinued(line) {
      const start = starts()[line - first] ?? 0;
      if (start > 0) return bytes[start - 1] !== lineFeed;
      return before > 0 && byteBefore !== lineFeed;
    },
  };
}

/** Reads `from` up to, not including, `to`, or less where the file has become shorter. */
function readAll(file: LogFile, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  return bytes.subarray(0, file.read(bytes, from));
}

/** How many line feeds there are before `offset`. */
function feedsBefore(file: LogFile, offset: number): number {
  let feeds = 0;
  for (let from = file.beginning(offset); from < offset; from += scratch.length) {
    const read = file.read(scratch.subarray(0, Math.min(scratch.length, offset - from)), from);
    feeds += countLineFeeds(scratch, 0, read);
  }
  return feeds;
}

/** Where the first whole line behind `offset` begins. */
function lineAfter(file: LogFile, offset: number): number {
  const feed = readAll(file, offset, offset + backStep).indexOf(lineFeed);
  return feed === -1 ? offset : offset + feed + 1;
}

/** Some of the starts as checkpoints, the first always. */
function sparse(starts: readonly number[], line: number, offset: number): { line: number; offset: number }[] {
  const places: { line: number; offset: number }[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, start] of starts.slice(0, -1).entries()) {
    if (start - last < checkpointSpacing) continue;
    last = start;
    places.push({ line: line + index, offset: offset + start });
  }
  return places;
}
