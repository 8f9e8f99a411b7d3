// Reads lines of a chain forwards, a batch of lines of one time at a time, within bounded memory.

import type { Chain, Segment } from "./chain.ts";
import { now } from "../clock.ts";
import { lineBound, standingEnd, wholeLines } from "./lines.ts";
import { standingFor } from "./open-line.ts";
import type { Times } from "./times-reader.ts";

/** A place in a chain. */
export interface ChainPlace {
  /** Index of the segment. */
  readonly segment: number;
  readonly offset: number;
}

/** Consecutive lines that were seen at one time. The bytes are valid until the next are asked for. */
export interface TimedLines {
  readonly bytes: Buffer;
  /** True: the first is the rest of the line before. */
  readonly continued: boolean;
  /** Wall-clock milliseconds; undefined where nobody has noted it. */
  readonly time: number | undefined;
  /** When at the latest it was written: what lines of several services are put in order by. */
  readonly order: number;
  /** Where they begin. */
  readonly place: ChainPlace;
}

/** Whether an unterminated last line comes as well: at once, or when it has stood for a while. */
export type LastLine = "at-once" | "standing";

/** Reads on whenever it is asked. */
export interface LineStream {
  /** The lines that come next; undefined at the present end. */
  next(last: LastLine): TimedLines | undefined;
  /** True while a last line without an end has been read and not been answered. */
  isOpen(): boolean;
  /** The file that is being read and the place behind what was answered. */
  readonly place: () => ChainPlace;
  /** What a reader should know of a place that was read past, in words, once. */
  readonly remark: () => string | undefined;
}

const chunk = 128 * 1024;

/** Streams the lines of a chain from a place on, which must be the beginning of a line unless `continued`. */
export function streamLines(chain: Chain, from: ChainPlace, startsContinued = false): LineStream {
  const buffer = Buffer.allocUnsafeSlow(chunk + lineBound + 2);
  let index = from.segment;
  let segment: Segment | undefined = chain[index];
  let times: Times | undefined = segment?.times();
  /** What has been read and not been answered: `buffer` from `begin` to `end`; `position` is the file's byte at `end`. */
  let begin = 0;
  let end = 0;
  let position = Math.max(from.offset, segment?.began ?? 0);
  let continued = startsContinued;
  let remark: string | undefined;
  let grownAt = 0;

  const fill = (): boolean => {
    if (segment === undefined) return false;
    buffer.copyWithin(0, begin, end);
    end -= begin;
    begin = 0;
    let read = segment.read(buffer.subarray(end), position);
    if (read === -1) {
      const first = segment.first();
      remark = `${first - position} bytes were rotated away before they could be read`;
      position = first;
      end = 0;
      continued = false;
      read = segment.read(buffer.subarray(0), position);
    }
    if (read === 0 && segment.isLive && segment.size() < position) {
      if (!segment.isRotated()) remark = "the log file was truncated by another program; its earlier lines are gone";
      end = position = 0;
      continued = false;
      return segment.size() > 0;
    }
    end += Math.max(0, read);
    position += Math.max(0, read);
    if (read > 0) grownAt = now();
    return read > 0;
  };

  const answer = (length: number): TimedLines => {
    const offset = position - (end - begin);
    const bytes = buffer.subarray(begin, begin + length);
    const known = times?.at(offset);
    const place = { segment: index, offset };
    const taken = known === undefined ? bytes : upTo(bytes, known.until - offset);
    begin += taken.length;
    const isContinued = continued;
    continued = taken[taken.length - 1] !== 10;
    // What nobody of ours has seen yet was written by the time of the last write.
    const order = known?.time ?? segment?.modified() ?? 0;
    return { bytes: taken, continued: isContinued, time: times === undefined ? undefined : order, order, place };
  };

  const nextSegment = (): boolean => {
    if (index + 1 >= chain.length) return false;
    segment = chain[++index];
    times = segment?.times();
    begin = end = 0;
    position = segment?.began ?? 0;
    continued = false;
    return true;
  };

  return {
    next(last) {
      for (;;) {
        const whole = wholeLines(buffer.subarray(begin, end));
        if (whole > 0) return answer(whole);
        if (fill()) continue;
        const isOver = last === "at-once" || index + 1 < chain.length;
        if (end > begin && isOver) return answer(end - begin);
        if (nextSegment()) continue;
        const shown = standingEnd(buffer.subarray(begin, end));
        return shown > 0 && now() - grownAt >= standingFor ? answer(shown) : undefined;
      }
    },
    isOpen: () => standingEnd(buffer.subarray(begin, end)) > 0,
    place: () => ({ segment: index, offset: position - (end - begin) }),
    remark() {
      const words = remark;
      remark = undefined;
      return words;
    },
  };
}

/** The lines before `length`, at least one. */
function upTo(bytes: Buffer, length: number): Buffer {
  if (length >= bytes.length) return bytes;
  const before = bytes.lastIndexOf(10, Math.max(0, length - 1)) + 1;
  const end = before > 0 ? before : bytes.indexOf(10, length) + 1;
  return end > 0 ? bytes.subarray(0, end) : bytes;
}
