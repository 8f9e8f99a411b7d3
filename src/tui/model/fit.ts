// Fits text and lines into a number of columns.

import { clip as clipColumns } from "../text/clip.ts";
import { width } from "../text/width.ts";
import { charactersOf } from "./text-field.ts";
import { type Line, type Span, span } from "./line.ts";

/** The columns that text takes. */
export function widthOf(text: string): number {
  return width(text);
}

/** The text cut to so many columns. */
function clip(text: string, columns: number, ellipsis = ""): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= ellipsis.length) return clipColumns(text, 0, columns);
  return clipColumns(text, 0, columns - ellipsis.length) + ellipsis;
}

/** The text cut in its middle to so many columns: names that begin alike often differ at their ends. */
export function middle(text: string, columns: number, ellipsis: string): string {
  if (widthOf(text) <= columns || columns < ellipsis.length + 2) return clip(text, columns);
  const room = columns - ellipsis.length;
  const characters = charactersOf(text);
  let tail = "";
  for (let at = characters.length - 1; at >= 0; at--) {
    const longer = `${characters[at]}${tail}`;
    if (widthOf(longer) > Math.floor(room / 2)) break;
    tail = longer;
  }
  return clipColumns(text, 0, room - widthOf(tail)) + ellipsis + tail;
}

/** The text in exactly so many columns. */
export function fit(text: string, columns: number, align: "left" | "right" = "left", ellipsis = ""): string {
  const cut = clip(text, columns, ellipsis);
  const space = " ".repeat(Math.max(0, columns - widthOf(cut)));
  return align === "left" ? cut + space : space + cut;
}

/** The line cut to so many columns, and marked where it is. */
export function clipLine(line: Line, columns: number, ellipsis = ""): Line {
  let left = columns;
  const kept: Span[] = [];
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const cut = clip(text, left, ellipsis);
    kept.push(span(cut, tone));
    left -= widthOf(cut);
  }
  return kept;
}

/** The columns that a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** One line with its two parts at the two ends of so many columns; the left one is cut when both do not fit. */
export function spread(left: Line, right: Line, columns: number, filler = " "): Line {
  const end = clipLine(right, columns);
  const room = Math.max(0, columns - lineWidth(end));
  const start = clipLine(left, room);
  return [...start, span(filler.repeat(room - lineWidth(start)), filler === " " ? undefined : "dim"), ...end];
}

/** The line in rows of so many columns: its last piece is broken between words, under where that piece begins. */
export function wrapLine(line: Line, columns: number): readonly Line[] {
  const whole = line.at(-1);
  const blanks = /^ */.exec(whole?.text ?? "")?.[0] ?? "";
  // What a piece begins with in blanks is where it begins.
  const last = whole === undefined ? undefined : { ...whole, text: whole.text.slice(blanks.length) };
  const before = blanks === "" ? line.slice(0, -1) : [...line.slice(0, -1), span(blanks)];
  const indent = lineWidth(before);
  const room = columns - indent;
  if (last === undefined || room < 20 || widthOf(last.text) <= room) return [clipLine(line, columns)];
  const rows: string[] = [];
  let row = "";
  for (const word of last.text.split(" ")) {
    const longer = row === "" ? word : `${row} ${word}`;
    if (row !== "" && widthOf(longer) > room) {
      rows.push(row);
      row = word;
    } else {
      row = longer;
    }
  }
  rows.push(row);
  return rows.map((text, index) =>
    clipLine([...(index === 0 ? before : [span(" ".repeat(indent))]), span(text, last.tone)], columns),
  );
}
