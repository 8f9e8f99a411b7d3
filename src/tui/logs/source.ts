// What the log pane reads from: numbered lines of one service, or of all of them in the order seen. Numbers are given once
// and never to another line, so whatever remembers a line (a place, a match, a mark) stays right while the source grows at
// its end, is read further back, or loses its oldest lines.

/** One line, decoded, without its line end; controls are still in it. */
export interface Line {
  readonly number: number;
  readonly service: string;
  readonly text: string;
  /** `launch`: a remark of ours about the file, not something that the program wrote. */
  readonly origin: "program" | "launch";
  /** True: the rest of the line before, which was too long for one. */
  readonly continued: boolean;
}

/**
 * Consecutive lines of one service as bytes, to be searched without making strings of them. The bytes are valid until
 * the source is asked for anything else, `above` included.
 */
export interface Stretch {
  /** The number of its first line. */
  readonly first: number;
  readonly count: number;
  readonly bytes: Buffer;
  /** Where each line begins in `bytes`, and behind them where the last one ends. */
  readonly starts: readonly number[];
  /** The line above the first by the same service, `steps` further up; `undefined` where nothing is above. */
  above(steps: number): string | undefined;
}

/** Words above a line, which may be the end. */
export interface Border {
  readonly line: number;
  readonly text: string;
}

/** Lines with numbers from `first()` up to, not including, `end()`. */
export interface Source {
  /** The service that all lines are of; not given: several. */
  readonly service?: string;
  first(): number;
  end(): number;
  /** The lines numbered `from` to `from + count`, fewer where there are fewer. */
  lines(from: number, count: number): readonly Line[];
  /** The lines around this one that are cheap to have together. */
  around(number: number): Stretch;
  /** True while the line has no end yet and may become longer. */
  isOpen(number: number): boolean;
  /** When the line was seen, in wall-clock milliseconds; `undefined` if that was before this dashboard or is forgotten. */
  timeOf(number: number): number | undefined;
  /** True while there is more of this run further back than has been read. */
  isCut(): boolean;
  /** Reads further back, some 1 MiB; false when there is no more. */
  extendBack(): boolean;
  /** The service that a line is of, and its line number in the file, counted from 1. */
  placeInFile(number: number): { readonly service: string; readonly line: number } | undefined;
  /** The first line of this run, if older ones have been read. */
  runStart(): number | undefined;
  /** Where one run of a service ended and the next began, above lines in ascending order. */
  borders(): readonly Border[];
}
