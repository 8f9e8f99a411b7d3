// Lines as they come out of a log file: batches of bytes that are whole lines, cut only where a line is too long.
// Splitting and decoding happen when somebody asks, so whoever only counts or keeps bytes pays for neither. Pure.

import { countLineFeeds } from "../../core/line-feeds.ts";

/** A line longer than this many bytes is cut, and the rest is marked as continued. */
export const lineBound = 64 * 1024;

/** Some consecutive lines of one service. The bytes are valid only during the call that hands them over. */
export interface LineBatch {
  /** Every line with its line feed; a cut or unterminated line has none. */
  readonly bytes: Buffer;
  /** True: the first line is the rest of the last line of the batch before. */
  readonly continued: boolean;
  /** `launch`: a remark of ours about the file, not something that the program wrote. */
  readonly origin: "program" | "launch";
}

/** One decoded line without its line end. Bytes that are no UTF-8 become U+FFFD. */
export interface Line {
  readonly text: string;
  /** True: the rest of the line before, which was too long or had no end yet. */
  readonly continued: boolean;
}

const lineFeed = 10;
const countWindow = lineBound / 2;
const carriageReturn = 13;

/** How many lines `linesOf` has of a batch, pieces of lines counted each. */
export function countLines(batch: LineBatch): number {
  return countPieces(batch.bytes) - (isMereEnd(batch) ? 1 : 0);
}

/** True when the batch begins with no more than the end of the line that it continues. */
function isMereEnd({ bytes, continued }: LineBatch): boolean {
  if (!continued || bytes.length === 0) return false;
  let at = 0;
  while (bytes[at] === carriageReturn) at++;
  return at === bytes.length || bytes[at] === lineFeed;
}

function countPieces(bytes: Buffer): number {
  let count = 0;
  // A line that must be cut leaves at least one window of this size without a line feed.
  for (let from = 0; from < bytes.length; from += countWindow) {
    const to = Math.min(from + countWindow, bytes.length);
    const feeds = countLineFeeds(bytes, from, to);
    if (feeds === 0 && bytes.length > lineBound) return countOneByOne(bytes);
    count += feeds;
  }
  const unterminated = bytes.length > 0 && bytes[bytes.length - 1] !== lineFeed;
  return unterminated ? count + 1 : count;
}

function countOneByOne(bytes: Buffer): number {
  let count = 0;
  for (let from = 0; from < bytes.length; count++) from = endOfLine(bytes, from);
  return count;
}

/** The lines of a batch, decoded one by one as they are asked for; the mere end of a line that came before is none. */
export function* linesOf(batch: LineBatch): Generator<Line, void, undefined> {
  const { bytes } = batch;
  const isEnd = isMereEnd(batch);
  let continued = batch.continued && !isEnd;
  for (let from = isEnd ? endOfLine(bytes, 0) : 0; from < bytes.length;) {
    const end = endOfLine(bytes, from);
    const terminated = bytes[end - 1] === lineFeed;
    yield { text: bytes.toString("utf8", from, terminated ? contentEnd(bytes, from, end - 1) : end), continued };
    continued = !terminated;
    from = end;
  }
}

/** Where the part of `bytes` that can be handed over ends: behind the last line feed, or behind the last cut. */
export function wholeLines(bytes: Buffer): number {
  let end = bytes.lastIndexOf(lineFeed) + 1;
  // One byte more than the bound may still be a carriage return whose line feed has not been written yet.
  while (bytes.length - end > lineBound + 1) end = cut(bytes, end);
  return end;
}

/** How much of a line without an end may be shown: not a return to its start, nor a part of a code point. */
export function standingEnd(line: Buffer): number {
  let end = line.length;
  for (let at = end - 1; at >= Math.max(0, end - 3); at--) {
    const needed = codePointLength(line[at]);
    if (needed === 0) continue;
    if (at + needed > end) end = at;
    break;
  }
  while (line[end - 1] === carriageReturn) end--;
  return end;
}

/** How long the code point is that begins with this byte; 0 for a byte that begins none. */
function codePointLength(byte = 0): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xf0) return 4;
  return byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
}

/** True when a piece is to be shown as what goes on, rather than in place of what was shown: progress bars return. */
export function goesOn({ text, continued }: Line): boolean {
  return continued && !/\r[^\r]/.test(text);
}

/** Where the line that starts at `from` ends: behind its line feed, at its cut, or at the end of the bytes. */
function endOfLine(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(lineFeed, from);
  return feed !== -1 && feed - from <= lineBound ? feed + 1 : endOfLongLine(bytes, from, feed);
}

function endOfLongLine(bytes: Buffer, from: number, feed: number): number {
  if (feed === -1) return bytes.length - from > lineBound + 1 ? cut(bytes, from) : bytes.length;
  return contentEnd(bytes, from, feed) - from > lineBound ? cut(bytes, from) : feed + 1;
}

/** Where a too long line is cut: at the bound, or before the code point that the bound would split. */
function cut(bytes: Buffer, from: number): number {
  const bound = from + lineBound;
  let at = bound;
  while (at > bound - 3 && isContinuation(bytes[at])) at--;
  // Three continuation bytes before it and still no start of a code point: not UTF-8, cut anywhere.
  return isContinuation(bytes[at]) ? bound : at;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function contentEnd(bytes: Buffer, from: number, feed: number): number {
  return feed > from && bytes[feed - 1] === carriageReturn ? feed - 1 : feed;
}
