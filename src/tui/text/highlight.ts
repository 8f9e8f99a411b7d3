// Parts of a line made to stand out, without losing the line's own colours; and a line without any.

import { penAcross, plain, sgr } from "./pen.ts";
import { advance, lineStart, next } from "./walk.ts";

/** Columns of a line from `from` up to, and not with, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Inverse video. */
export const inverse = "\x1b[7m";

const colours = /\x1b\[[0-9;:]*m/g;

/** The line with an SGR sequence put on these ranges of columns, which are in order and apart. */
export function highlight(line: string, ranges: readonly Range[], on: string = inverse): string {
  let text = "";
  let place = lineStart;
  let pen = plain;
  for (const { from, to } of ranges) {
    const start = advance(line, place, from);
    let end = advance(line, start, to);
    // A wide character is highlighted whole.
    if (end.column < to && end.at < line.length) end = next(line, end);
    if (end.at === start.at) continue;
    const inside = line.slice(start.at, end.at).replace(colours, `$&${on}`);
    pen = penAcross(pen, line, place.at, end.at);
    text += `${line.slice(place.at, start.at)}${on}${inside}\x1b[0m${sgr(pen)}`;
    place = end;
  }
  return text + line.slice(place.at);
}

/** The line without colours and attributes. */
export function withoutColors(line: string): string {
  return line.includes("\x1b[") ? line.replace(colours, "") : line;
}
