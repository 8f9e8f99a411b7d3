// All services' lines in the order in which they were seen: runs of consecutive lines of one service each, in a table that is
// bounded and forgets its oldest runs.

import type { LineIndex } from "./line-index.ts";
import type { Line, Source } from "./source.ts";

/** A source over several services. */
export interface Timeline extends Source {
  /** Takes in what the services' indexes have that is new. */
  append(): void;
  /** Puts words behind the last line; answers them. */
  addBorder(text: string): { text: string };
  /** Takes in another service; what it has already comes now. */
  add(index: LineIndex): void;
}

const smallest = 1024;

/** A timeline that remembers at most `most` runs of lines, of 18 bytes each. */
export function createTimeline(most = 256 * 1024): Timeline {
  const indexes: LineIndex[] = [];
  const seen: number[] = [];
  /** The timeline's number of each run's first line, the service's number of it, and the service. */
  let starts = new Float64Array(smallest);
  let lines = new Float64Array(smallest);
  let services = new Uint16Array(smallest);
  let borders: readonly { readonly line: number; text: string }[] = [];
  let count = 0;
  let end = 0;

  const makeRoom = (): void => {
    if (count < starts.length) return;
    if (count >= most) {
      const gone = most >> 2;
      for (const table of [starts, lines, services]) table.copyWithin(0, gone, count);
      count -= gone;
      return;
    }
    const size = Math.min(most, count * 2);
    const [largerStarts, largerLines] = [new Float64Array(size), new Float64Array(size)];
    const largerServices = new Uint16Array(size);
    largerStarts.set(starts);
    largerLines.set(lines);
    largerServices.set(services);
    [starts, lines, services] = [largerStarts, largerLines, largerServices];
  };

  const take = (service: number, from: number, to: number): void => {
    const last = count - 1;
    const continues =
      count > 0 && services[last] === service && (lines[last] ?? 0) + end - (starts[last] ?? 0) === from;
    if (!continues) {
      makeRoom();
      starts[count] = end;
      lines[count] = from;
      services[count++] = service;
    }
    end += to - from;
  };

  /** The run that a line is in. */
  const find = (number: number): number => {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  const first = (): number => (count === 0 ? end : (starts[0] ?? 0));

  /** Where a line is: its service's index and its number there, and how many more of the run follow, itself included. */
  const place = (number: number): { index: LineIndex | undefined; line: number; left: number; start: number } => {
    const run = find(number);
    const start = starts[run] ?? 0;
    const stop = run + 1 < count ? (starts[run + 1] ?? end) : end;
    return {
      index: indexes[services[run] ?? 0],
      line: (lines[run] ?? 0) + number - start,
      left: stop - number,
      start,
    };
  };

  const append = (): void => {
    for (const [service, index] of indexes.entries()) {
      const from = Math.max(seen[service] ?? 0, index.first());
      if (index.end() > from) take(service, from, index.end());
      seen[service] = Math.max(from, index.end());
    }
  };

  return {
    append,
    add(index) {
      indexes.push(index);
      seen.push(index.first());
    },
    first,
    end: () => end,
    lines(from, wanted) {
      const found: Line[] = [];
      const to = Math.min(from + wanted, end);
      for (let number = Math.max(from, first()); number < to;) {
        const { index, line, left } = place(number);
        if (index === undefined) break;
        const here = Math.min(left, to - number);
        const read = index.lines(line, here);
        // What was emptied away is missing at the front.
        const missing = here - read.length;
        for (let gone = 0; gone < missing; gone++) found.push(lost(number + gone, index.service));
        for (const [at, one] of read.entries()) found.push({ ...one, number: number + missing + at });
        number += here;
      }
      return found;
    },
    around(number) {
      const { index, line, left, start } = place(number);
      if (index === undefined || line < index.first()) return nothing(number);
      const stretch = index.around(line);
      const back = Math.min(number - start, line - stretch.first);
      const ahead = Math.min(left, stretch.first + stretch.count - line);
      const from = line - stretch.first - back;
      const startsThere = stretch.starts.slice(from, from + back + ahead + 1);
      const base = startsThere[0] ?? 0;
      return {
        first: number - back,
        count: back + ahead,
        bytes: stretch.bytes.subarray(base, startsThere.at(-1) ?? base),
        starts: startsThere.map((at) => at - base),
        above: (steps) => (steps <= from ? textAbove(index, line - back - steps) : stretch.above(steps - from)),
      };
    },
    isOpen(number) {
      const { index, line } = place(number);
      return index?.isOpen(line) ?? false;
    },
    timeOf(number) {
      const { index, line } = place(number);
      return index?.timeOf(line);
    },
    placeInFile(number) {
      const { index, line } = place(number);
      return index?.placeInFile(line);
    },
    isCut: () => false,
    extendBack: () => false,
    runStart: () => undefined,
    addBorder(text) {
      const border = { line: end, text };
      borders = [...borders.slice(-99), border];
      return border;
    },
    borders: () => borders,
  };
}

function textAbove(index: LineIndex, line: number): string | undefined {
  return index.lines(line, 1)[0]?.text;
}

function lost(number: number, service: string): Line {
  return { number, service, text: "this line is not in the log any more", origin: "launch", continued: false };
}

function nothing(first: number): ReturnType<Source["around"]> {
  return { first, count: 1, bytes: Buffer.alloc(0), starts: [0, 0], above: () => undefined };
}
