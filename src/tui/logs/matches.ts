// The numbers of a source's lines that are kept by a question, collected in short slices: first from a starting line on to
// the end, then back from it to the beginning, and kept up with what is written. Bounded: the oldest are forgotten.

import type { Keep } from "./scan.ts";
import type { Source } from "./source.ts";

/** Line numbers, ascending. */
export interface Matches {
  readonly count: () => number;
  /** The match at a place, counted from 0; `undefined` outside. */
  readonly at: (place: number) => number | undefined;
  /** How many matches are before this line. */
  readonly rank: (line: number) => number;
  readonly has: (line: number) => boolean;
  /** Looks on until nothing is left or `enough` says so, which is asked after each piece of some 32 KiB. */
  readonly advance: (enough: () => boolean) => void;
  /** True when nothing is left to look at for now. */
  readonly isDone: () => boolean;
  /** The lines that have been looked at: from the first up to, not including, the second. */
  readonly looked: () => readonly [from: number, to: number];
}

const smallest = 256;

/** Begins at line `seed`; remembers at most `most` matches, of 8 bytes each. */
export function createMatches(source: Source, keep: Keep, seed: number, most = 512 * 1024): Matches {
  let list = new Float64Array(smallest);
  /** The matches are `list` from `begin` up to `end`, with room on both sides. */
  let begin = smallest / 2;
  let end = begin;
  let low = Math.min(Math.max(seed, source.first()), source.end());
  let high = low;
  /** Nothing below this line is looked at (again). */
  let floor = Number.NEGATIVE_INFINITY;
  /** Lines that may still become longer, to be judged again. */
  let open: number[] = [];

  const makeRoom = (front: number, back: number): void => {
    if (begin >= front && list.length - end >= back) return;
    const count = end - begin;
    // Room on one side only is made by moving; there is always as much again as is needed.
    const isLarge = list.length >= (count + front + back) * 1.5;
    const target = isLarge ? list : new Float64Array((count + front + back) * 2);
    const at =
      front > 0 ? target.length - count - ((target.length - count - front) >> 1) : (target.length - count - back) >> 2;
    if (isLarge) list.copyWithin(at, begin, end);
    else target.set(list.subarray(begin, end), at);
    [list, begin, end] = [target, at, at + count];
  };

  const dropOldest = (keepFrom: number): void => {
    begin = Math.max(begin, keepFrom);
    low = floor = list[begin] ?? high;
  };

  const append = (numbers: readonly number[]): void => {
    makeRoom(0, numbers.length);
    list.set(numbers, end);
    end += numbers.length;
    if (end - begin > most) dropOldest(end - (most >> 1));
  };

  const prepend = (numbers: readonly number[]): void => {
    makeRoom(numbers.length, 0);
    begin -= numbers.length;
    list.set(numbers, begin);
    if (end - begin > most) dropOldest(end - most);
  };

  /** The index in `list` of the first match that is not before this line. */
  const search = (line: number): number => {
    let from = begin;
    let to = end;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((list[middle] ?? 0) < line) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  const has = (line: number): boolean => {
    const at = search(line);
    return at < end && list[at] === line;
  };

  const keptOf = (from: number, to: number): number[] => {
    const stretch = source.around(from);
    return keep(stretch, from - stretch.first, to - stretch.first).map((index) => stretch.first + index);
  };

  /** Takes a line in or out after it has become longer. */
  const judge = (line: number): void => {
    if (line < low) return;
    const isKept = keptOf(line, line + 1).length > 0;
    const at = search(line);
    const isListed = at < end && list[at] === line;
    if (isKept === isListed) return;
    if (isListed) {
      list.copyWithin(at, at + 1, end--);
      return;
    }
    makeRoom(0, 1);
    const place = search(line);
    list.copyWithin(place + 1, place, end++);
    list[place] = line;
  };

  const judgeOpen = (): void => {
    const lines = open;
    open = lines.filter((line) => source.isOpen(line));
    for (const line of lines) judge(line);
  };

  const forward = (): void => {
    const stretch = source.around(high);
    const to = Math.min(stretch.first + stretch.count, source.end());
    append(keptOf(high, to));
    // Only the last line of a stretch can be open.
    if (source.isOpen(to - 1)) open.push(to - 1);
    high = to;
  };

  const backward = (): void => {
    const from = Math.max(source.around(low - 1).first, source.first(), floor);
    if (source.isOpen(low - 1)) open.push(low - 1);
    prepend(keptOf(from, low));
    low = Math.max(from, floor);
  };

  const forgetLost = (): void => {
    const first = source.first();
    if (first <= low) return;
    begin = search(first);
    low = first;
    high = Math.max(high, first);
  };

  /** True when there may be matches of this run where nothing has been read yet. */
  const isCut = (): boolean => floor === Number.NEGATIVE_INFINITY && source.isCut();

  const isDone = (): boolean => high >= source.end() && low <= Math.max(source.first(), floor) && !isCut();

  return {
    count: () => end - begin,
    at: (place) => (place >= 0 && place < end - begin ? list[begin + place] : undefined),
    rank: (line) => search(line) - begin,
    has,
    advance(enough) {
      forgetLost();
      judgeOpen();
      while (!isDone()) {
        if (high < source.end()) forward();
        else if (low > Math.max(source.first(), floor)) backward();
        else if (!source.extendBack()) return;
        if (enough()) return;
      }
    },
    isDone,
    looked: () => [low, high],
  };
}
