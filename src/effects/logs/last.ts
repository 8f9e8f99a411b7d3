// Finds where the last so many lines of a chain begin, reading from its end and no further than it must.

import { countLineFeeds } from "../../core/line-feeds.ts";
import type { Chain, Segment } from "./chain.ts";
import { type LineFilter, newLineFilter, type Wanted, wantsAll } from "./filter.ts";
import { linesOf } from "./lines.ts";
import type { ChainPlace } from "./stream.ts";

/** Where the last lines begin, and how many of them there are. */
export interface LastLines {
  readonly place: ChainPlace;
  readonly count: number;
  /** True: the place is in the middle of a line that is too long to be read back to its beginning. */
  readonly continued: boolean;
}

const block = 256 * 1024;
/** A line is not looked for further back than this. */
const longest = 1024 * 1024;
const context = 64 * 1024;
const lineFeed = 10;

/** The last `count` wanted lines of a chain, none before `since`. */
export function lastLines(chain: Chain, count: number, since: ChainPlace, wanted: Wanted): LastLines {
  const isWanted = wantsAll(wanted) ? undefined : wanted;
  let found = 0;
  for (let index = chain.length - 1; index >= since.segment; index--) {
    const segment = chain[index];
    if (segment === undefined) continue;
    const floor = Math.max(segment.began, index === since.segment ? since.offset : 0);
    for (let to = segment.size(); to > floor;) {
      const from = startBefore(segment, to, floor);
      const isCut = from === undefined;
      const start = from ?? Math.max(floor, to - longest);
      const here = isWanted === undefined ? countIn(segment, start, to) : wantedIn(segment, start, to, isWanted).length;
      if (isCut || found + here >= count) {
        const place = isCut ? start : placeOf(segment, start, to, found + here - count, isWanted);
        return { place: { segment: index, offset: place }, count: Math.min(count, found + here), continued: isCut };
      }
      found += here;
      to = start;
    }
  }
  return { place: since, count: found, continued: false };
}

/** Where the first line within some 256 KiB before `to` begins; undefined when no line does within 1 MiB. */
function startBefore(segment: Segment, to: number, floor: number): number | undefined {
  for (let size = block; ; size *= 2) {
    const from = Math.max(floor, to - size);
    if (from === floor) return floor;
    const bytes = readAll(segment, from, to);
    // The last byte ends the last line.
    const feed = bytes.indexOf(lineFeed);
    if (feed !== -1 && from + feed + 1 < to) return from + feed + 1;
    if (size >= longest) return undefined;
  }
}

function countIn(segment: Segment, from: number, to: number): number {
  const bytes = readAll(segment, from, to);
  const isOpen = bytes.length > 0 && bytes[bytes.length - 1] !== lineFeed;
  return countLineFeeds(bytes, 0, bytes.length) + (isOpen ? 1 : 0);
}

/** The offsets of the wanted lines from `from` to `to`. */
function wantedIn(segment: Segment, from: number, to: number, wanted: Wanted): readonly number[] {
  const filter = filterAt(segment, from, wanted);
  const bytes = readAll(segment, from, to);
  const offsets: number[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(lineFeed, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    if (wantsLine(filter, bytes.subarray(start, end))) offsets.push(from + start);
    start = end;
  }
  return offsets;
}

/** A line that is too long for one is wanted if any piece of it is. */
function wantsLine(filter: LineFilter, bytes: Buffer): boolean {
  let isWanted = false;
  for (const { text } of linesOf({ bytes, continued: false, origin: "program" })) {
    if (filter.wants(text)) isWanted = true;
  }
  return isWanted;
}

/** Where the line begins that `skip` wanted lines are before. */
function placeOf(segment: Segment, from: number, to: number, skip: number, wanted: Wanted | undefined): number {
  if (skip === 0 && wanted === undefined) return from;
  if (wanted !== undefined) return wantedIn(segment, from, to, wanted)[skip] ?? to;
  const bytes = readAll(segment, from, to);
  let start = 0;
  for (let left = skip; left > 0; left--) start = bytes.indexOf(lineFeed, start) + 1;
  return from + start;
}

/** A filter that knows the lines right above a place. */
export function filterAt(segment: Segment, offset: number, wanted: Wanted): LineFilter {
  const filter = newLineFilter(wanted);
  if (wanted.level === "all") return filter;
  const from = Math.max(segment.began, offset - context);
  const bytes = readAll(segment, from, offset);
  const begin = from === segment.began ? 0 : bytes.indexOf(lineFeed) + 1;
  for (const { text } of linesOf({ bytes: bytes.subarray(begin), continued: false, origin: "program" })) {
    filter.pass(text);
  }
  return filter;
}

function readAll(segment: Segment, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
  return bytes.subarray(0, Math.max(0, segment.read(bytes, from)));
}

/** Where the lines begin that were written at `time` or later; a file without times counts as a whole. */
export function placeSince(chain: Chain, time: number): ChainPlace {
  for (const [index, segment] of chain.entries()) {
    if (segment.modified() < time) continue;
    const offset = segment.times()?.offsetAt(time) ?? segment.began;
    if (offset < segment.size()) return { segment: index, offset: Math.max(offset, segment.began) };
  }
  return { segment: chain.length, offset: 0 };
}
