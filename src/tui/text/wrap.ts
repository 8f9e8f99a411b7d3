// A long line as several rows, broken at the edge, so that a column of the line tells its row.

import { take } from "./clip.ts";
import { penAcross, plain } from "./pen.ts";
import { sequenceEnd } from "./sequence.ts";
import { lineStart } from "./walk.ts";

/** The line in rows of at most `columns` columns each, every one with its colours set and closed; at least one row. */
export function wrapRows(line: string, columns: number): readonly string[] {
  const rows: string[] = [];
  const room = Math.max(2, columns);
  let place = lineStart;
  let pen = plain;
  do {
    const { text, end } = take(line, place, pen, room);
    rows.push(text);
    pen = penAcross(pen, line, place.at, end.at);
    place = end;
  } while (place.at < line.length && hasMore(line, place.at));
  return rows;
}

/** False when only colours and the like are left. */
function hasMore(line: string, from: number): boolean {
  let at = from;
  while (line.charCodeAt(at) === 0x1b) at = sequenceEnd(line, at);
  return at < line.length;
}
