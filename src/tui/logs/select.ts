// Choosing whole lines, and the text that is copied: a line, the match, what is selected, or what is on the screen.

import { plainText } from "../../core/sanitize.ts";
import { hold, scrollTo } from "./move.ts";
import { type Pane, readAhead, slotsOf } from "./pane.ts";
import { sightOf } from "./sight.ts";
import type { Line } from "./source.ts";
import type { LogView } from "./view.ts";

/** What may be copied. */
export type Part = "selection" | "line" | "match" | "visible";

// More than this nobody pastes; the log file itself has all of it.
const most = 50_000;

/** Selects a line, the last on the screen if not given, and stops following. */
export function startSelection(view: LogView, pane: Pane, line = lastLine(view, pane)): LogView {
  return line === undefined ? view : { ...hold(view, pane), selection: { anchor: line, cursor: line } };
}

/** Moves the selection's free end to a line. */
export function extendSelection(view: LogView, pane: Pane, line: number): LogView {
  const { selection } = view;
  if (selection === undefined) return startSelection(view, pane, line);
  return scrollTo({ ...view, selection: { ...selection, cursor: line } }, pane, line);
}

/** Moves the selection's free end by lines and keeps it on the screen. */
export function moveSelection(view: LogView, pane: Pane, lines: number): LogView {
  const { selection } = view;
  if (selection === undefined) return view;
  const sight = sightOf(view);
  const last = sight.step(sight.end, -1);
  return extendSelection(view, pane, Math.min(last, sight.step(selection.cursor, lines)));
}

/** Selects nothing. */
export function endSelection(view: LogView): LogView {
  const { selection: _selection, ...rest } = view;
  return rest;
}

/** Plain text without colours, lines parted by line feeds; empty if there is nothing of the kind. */
export function copyText(view: LogView, pane: Pane, part: Part): string {
  switch (part) {
    case "selection":
      return view.selection === undefined ? "" : joined(selectedLines(view, view.selection));
    case "visible":
      return joined(linesOnScreen(view, pane));
    case "line":
      return joined(view.source.lines(view.search?.current ?? lastLine(view, pane) ?? Number.NaN, 1));
    case "match":
      return matchText(view);
  }
}

/** Visible lines from line `from` on, for saving and for printing them elsewhere. */
export function visibleLines(view: LogView, from: number, count: number): readonly Line[] {
  return readAhead(view, sightOf(view), from, count);
}

/** Lines as plain text; what was cut into pieces is one line again. */
export function joined(lines: readonly Line[]): string {
  return lines.map((line, at) => (line.continued || at === 0 ? "" : "\n") + plainText(line.text)).join("");
}

function selectedLines(view: LogView, { anchor, cursor }: NonNullable<LogView["selection"]>): Line[] {
  const [from, to] = [Math.min(anchor, cursor), Math.max(anchor, cursor)];
  const count = Math.min(most, sightOf(view).between(from, to + 1));
  return readAhead(view, sightOf(view), from, count);
}

function linesOnScreen(view: LogView, pane: Pane): Line[] {
  const lines = slotsOf(view, pane).flatMap((slot) => (slot.kind === "text" ? [slot.line] : []));
  return lines.filter((line, at) => line.number !== lines[at - 1]?.number);
}

function lastLine(view: LogView, pane: Pane): number | undefined {
  return linesOnScreen(view, pane).at(-1)?.number;
}

function matchText(view: LogView): string {
  const { search } = view;
  if (search?.current === undefined) return "";
  const text = joined(view.source.lines(search.current, 1));
  const [range] = search.query.ranges(text);
  return range === undefined ? text : text.slice(...range);
}
