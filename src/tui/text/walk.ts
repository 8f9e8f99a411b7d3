// Going along a line by columns: what each piece of it is (a character with what joins it, a tab, a control sequence) and how
// many columns it takes.

import { sequenceEnd } from "./sequence.ts";
import { unitCells, unitEnd } from "./units.ts";

/** A place in a line: an index and the column that begins there. */
export interface Place {
  readonly at: number;
  readonly column: number;
}

/** Where every line begins. */
export const lineStart: Place = { at: 0, column: 0 };

/** Tabs go to the next multiple of this. */
const tabStop = 8;

/** True for what takes one column whatever stands beside it, but for what joins it. */
export function isPlain(code: number): boolean {
  return code >= 0x20 && code < 0x7f;
}

/** Where the piece at `at` ends. */
export function pieceEnd(line: string, at: number): number {
  return line.charCodeAt(at) === 0x1b ? sequenceEnd(line, at) : unitEnd(line, at);
}

/** The columns of the piece from `at` to `end`, which begins in `column`. */
export function pieceColumns(line: string, at: number, end: number, column: number): number {
  return line.charCodeAt(at) === 0x09 ? tabStop - (column % tabStop) : unitCells(line, at, end);
}

/** Goes from a place as far as column `target`, or less where that would be inside a piece, or the line's end. */
export function advance(line: string, from: Place, target: number): Place {
  let { at, column } = from;
  while (at < line.length) {
    const code = line.charCodeAt(at);
    if (column < target && isPlain(code)) {
      at++;
      column++;
      continue;
    }
    // At the target, only what joins the character before still belongs to it.
    if (column >= target && code < 0x300) break;
    const end = pieceEnd(line, at);
    const columns = pieceColumns(line, at, end, column);
    if (column + columns > target) break;
    at = end;
    column += columns;
  }
  return { at, column };
}

/** Goes over the piece at a place. */
export function next(line: string, { at, column }: Place): Place {
  const end = pieceEnd(line, at);
  return { at: end, column: column + pieceColumns(line, at, end, column) };
}
