// Which lines of a view can be seen: those that its filter lets through, from where it was cleared on. All movement goes by
// this, so a filtered view scrolls like any other.

import type { LogView } from "./view.ts";

/** The visible lines by number; positions among them are asked for, never stored. */
export interface Sight {
  /** The first visible line, or `end` when there is none. */
  readonly first: number;
  readonly end: number;
  /** How many there are. */
  readonly count: number;
  /** The first visible line at or after this one, or `end`. */
  readonly atOrAfter: (line: number) => number;
  /** The visible line `steps` further down (or up), at most `end` and at least `first`. */
  readonly step: (line: number, steps: number) => number;
  /** How many visible lines there are from one line up to another, not included. */
  readonly between: (from: number, to: number) => number;
}

/** What can be seen in a view now. */
export function sightOf(view: LogView): Sight {
  const { source, filter, cleared } = view;
  const end = source.end();
  const floor = Math.min(end, Math.max(source.first(), cleared ?? Number.NEGATIVE_INFINITY));
  if (filter === undefined) return unfiltered(floor, end);
  const { matches } = filter;
  const least = matches.rank(floor);
  const most = matches.count();
  const at = (place: number): number => matches.at(Math.max(place, least)) ?? end;
  return {
    first: at(least),
    end,
    count: most - least,
    atOrAfter: (line) => at(matches.rank(line)),
    step: (line, steps) => at(Math.min(matches.rank(line) + steps, most)),
    between: (from, to) => Math.max(0, matches.rank(to) - Math.max(least, matches.rank(from))),
  };
}

function unfiltered(first: number, end: number): Sight {
  const clamp = (line: number): number => Math.min(end, Math.max(first, line));
  return {
    first,
    end,
    count: end - first,
    atOrAfter: clamp,
    step: (line, steps) => clamp(clamp(line) + steps),
    between: (from, to) => Math.max(0, clamp(to) - clamp(from)),
  };
}
