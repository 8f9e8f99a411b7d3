// A file's text, and the places in it.

import type { Place } from "../core/service.ts";

/** A file's text with the offsets at which its lines start. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

/** The text of a file; `file` is the absolute path that places name. */
export function newSource(file: string, text: string): Source {
  const lineStarts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) lineStarts.push(end + 1);
  return { file, text, lineStarts };
}

/** The place of an offset. */
export function placeIn({ file, lineStarts }: Source, offset: number): Place {
  const line = lineAt(lineStarts, offset);
  return { file, line, column: offset - (lineStarts[line - 1] ?? 0) + 1 };
}

// The line, from 1, that an offset is in: that of the last start that is not behind it.
function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
