// How a view's lines become rows in a pane of a certain size: how many rows each takes, and which are on the screen.

import { type Drawing, textRows } from "./drawn.ts";
import { type Sight, sightOf } from "./sight.ts";
import type { Line } from "./source.ts";
import type { Anchor, LogView, Mark } from "./view.ts";

/** The place on the screen that rows are made for. */
export interface Pane {
  readonly width: number;
  readonly height: number;
  readonly colors: boolean;
  readonly ascii: boolean;
  /** All services in the order of their colours; the longest makes the column of names. */
  readonly names: readonly string[];
}

const longestName = 16;
const timeWidth = "00:00:00.000 ".length;

/** The width of the column of names, without the space behind it. */
export function nameWidth({ names }: Pane): number {
  return Math.min(longestName, Math.max(0, ...names.map((name) => name.length)));
}

/** How many columns the text of a line has: what a marker, the time and the name leave. */
export function textColumns(view: LogView, pane: Pane): number {
  const names = view.source.service === undefined ? nameWidth(pane) + 1 : 0;
  return Math.max(1, pane.width - 1 - (view.timestamps ? timeWidth : 0) - names);
}

/** The marks directly above a line, which may be the end. */
function marksAbove(view: LogView, sight: Sight, line: number): readonly Mark[] {
  const runStart = view.source.runStart();
  const borders = view.source.borders();
  if (view.marks.length === 0 && runStart === undefined && borders.length === 0) return [];
  const previous = line <= sight.first ? (view.cleared ?? view.source.first()) - 1 : sight.step(line, -1);
  const isAbove = (place: number): boolean => place <= line && place > previous;
  const run = runStart !== undefined && isAbove(runStart) ? [{ line: runStart, text: "this run" }] : [];
  return [...run, ...[...borders, ...view.marks].filter((mark) => isAbove(mark.line))];
}

/** How many rows a line takes with the marks above it; the end has only marks. */
function heightOf(view: LogView, sight: Sight, line: number, drawing: Drawing): number {
  const marks = marksAbove(view, sight, line).length;
  if (line >= sight.end) return marks;
  if (!view.wrap) return marks + 1;
  const [read] = view.source.lines(line, 1);
  return marks + (read === undefined ? 1 : textRows(view, read, drawing).length);
}

/** How the text of the lines is drawn in a pane. */
function drawingOf(view: LogView, pane: Pane): Drawing {
  return { columns: textColumns(view, pane), colors: pane.colors };
}

/** True when every line takes one row. */
function isEven(view: LogView): boolean {
  return (
    !view.wrap && view.marks.length === 0 && view.source.runStart() === undefined && view.source.borders().length === 0
  );
}

/** The row that is so many rows further up; stops at the first. */
export function up(view: LogView, pane: Pane, from: Anchor, rows: number): Anchor {
  const sight = sightOf(view);
  if (isEven(view)) return { line: sight.step(from.line, -rows), row: 0 };
  const drawing = drawingOf(view, pane);
  let line = from.line;
  let row = from.row - rows;
  while (row < 0) {
    if (line <= sight.first) return { line: sight.first, row: 0 };
    line = sight.step(line, -1);
    row += heightOf(view, sight, line, drawing);
  }
  return { line, row };
}

/** The row that is so many rows further down; stops behind the last. */
export function down(view: LogView, pane: Pane, from: Anchor, rows: number): Anchor {
  const sight = sightOf(view);
  if (isEven(view)) return { line: sight.step(from.line, rows), row: 0 };
  const drawing = drawingOf(view, pane);
  let line = from.line;
  let row = from.row + rows;
  for (;;) {
    const height = heightOf(view, sight, line, drawing);
    if (row < height) return { line, row };
    if (line >= sight.end) return { line: sight.end, row: height };
    row -= height;
    line = sight.step(line, 1);
  }
}

/** The top row when the last row is at the bottom. */
export function lastTop(view: LogView, pane: Pane): Anchor {
  const sight = sightOf(view);
  const row = heightOf(view, sight, sight.end, drawingOf(view, pane));
  return up(view, pane, { line: sight.end, row }, pane.height);
}

/** The top row now; a place that is not there any more becomes the nearest. */
export function topOf(view: LogView, pane: Pane): Anchor {
  if (view.place === "end") return lastTop(view, pane);
  const { top } = view.place;
  const sight = sightOf(view);
  const line = sight.atOrAfter(top.line);
  const rows = heightOf(view, sight, line, drawingOf(view, pane));
  const there = { line, row: line === top.line ? Math.min(top.row, Math.max(0, rows - 1)) : 0 };
  const last = lastTop(view, pane);
  return isBelow(there, last) ? last : there;
}

/** True if the first is further down. */
export function isBelow(one: Anchor, other: Anchor): boolean {
  return one.line > other.line || (one.line === other.line && one.row > other.row);
}

/** One row of the pane. */
export type Slot =
  | { readonly kind: "mark"; readonly line: number; readonly mark: Mark }
  /** `row` counts the rows of the line's text, which is `text` here. */
  | { readonly kind: "text"; readonly line: Line; readonly row: number; readonly text: string };

/** What is on the screen, from the top on, at most `pane.height` rows. */
export function slotsOf(view: LogView, pane: Pane): Slot[] {
  const sight = sightOf(view);
  const drawing = drawingOf(view, pane);
  const top = topOf(view, pane);
  const slots: Slot[] = [];
  const lines = readAhead(view, sight, top.line, pane.height);
  let skip = top.row;
  for (let number = top.line, at = 0; slots.length < pane.height; number = sight.step(number, 1), at++) {
    for (const mark of marksAbove(view, sight, number)) slots.push({ kind: "mark", line: number, mark });
    const line = lines[at];
    if (number >= sight.end || line === undefined) break;
    for (const [row, text] of textRows(view, line, drawing).entries()) slots.push({ kind: "text", line, row, text });
    if (skip > 0) skip -= slots.splice(0, skip).length;
  }
  return slots.slice(skip, skip + pane.height);
}

/** Visible lines from one on, read together where they are neighbours. */
export function readAhead(view: LogView, sight: Sight, from: number, count: number): Line[] {
  if (view.filter === undefined) return [...view.source.lines(Math.max(from, sight.first), count)];
  const found: Line[] = [];
  for (let number = sight.atOrAfter(from); number < sight.end && found.length < count; number = sight.step(number, 1)) {
    found.push(...view.source.lines(number, 1));
  }
  return found;
}
