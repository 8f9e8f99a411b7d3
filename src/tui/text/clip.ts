// The part of a line between two columns, as it may be put at the start of a row: colours kept and closed, nothing that moves
// the cursor, and never a cell too wide.

import { penAcross, plain, sgr, type Pen } from "./pen.ts";
import { isSgr } from "./sequence.ts";
import { advance, isPlain, lineStart, next, pieceColumns, pieceEnd, type Place } from "./walk.ts";

const reset = "\x1b[0m";

/** What is seen of the line in `columns` columns from column `from` on; half of a wide character is a space. */
export function clip(line: string, from: number, columns: number): string {
  if (columns <= 0) return "";
  if (from <= 0) return take(line, lineStart, plain, columns).text;
  let place = advance(line, lineStart, from);
  if (place.at >= line.length) return "";
  // What stands across the left edge is seen by its second half.
  if (place.column < from) place = next(line, place);
  const half = Math.min(Math.max(0, place.column - from), columns);
  return " ".repeat(half) + take(line, place, penAcross(plain, line, 0, place.at), columns - half).text;
}

/** A row of a line, and where the line goes on behind it. */
export interface Row {
  readonly text: string;
  readonly end: Place;
}

/** Takes a row of at most `columns` columns from a place on, at which `pen` is in force. */
export function take(line: string, from: Place, pen: Pen, columns: number): Row {
  let { at, column } = from;
  const edge = column + columns;
  let text = sgr(pen);
  let isColoured = text !== "";
  // What has been passed and is taken as it is begins here.
  let run = at;
  while (at < line.length) {
    const code = line.charCodeAt(at);
    if (isPlain(code)) {
      if (column >= edge) break;
      at++;
      column++;
      continue;
    }
    if (column >= edge && code < 0x300) break;
    const end = pieceEnd(line, at);
    if (code === 0x1b && isSgr(line, at, end)) {
      isColoured = true;
      at = end;
      continue;
    }
    const wide = pieceColumns(line, at, end, column);
    if (code === 0x09 || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
      text += line.slice(run, at) + " ".repeat(Math.min(wide, edge - column));
      run = end;
    } else if (column + wide > edge) {
      // Half a character is none.
      // A tab may have gone beyond the edge.
      const padding = " ".repeat(Math.max(0, edge - column));
      return { text: text + line.slice(run, at) + padding + (isColoured ? reset : ""), end: { at, column } };
    }
    at = end;
    column += wide;
  }
  text += line.slice(run, at);
  return { text: isColoured ? text + reset : text, end: { at, column } };
}
