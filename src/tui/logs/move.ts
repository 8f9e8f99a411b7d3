// Moving about in a log: following, scrolling, pages, ends, and lines that are to be seen. What is being read never moves
// because something was written.

import { isBelow, lastTop, type Pane, textColumns, topOf, up, down } from "./pane.ts";
import { sightOf } from "./sight.ts";
import type { Anchor, LogView } from "./view.ts";

// `home` at the start of a run reads this many pieces of older output.
const piecesAtOnce = 8;

/** Scrolls by rows, down for more than 0; stops following when it goes up, and follows again at the end. */
export function scrollRows(view: LogView, pane: Pane, rows: number): LogView {
  const from = topOf(view, pane);
  if (rows >= 0) return at(view, pane, down(view, pane, from, rows));
  const to = up(view, pane, from, -rows);
  const isAtFirst = to.line <= sightOf(view).first && to.row === 0;
  if (isAtFirst && view.cleared === undefined && view.source.extendBack()) {
    // There is a mark above the first line now.
    const row = from.line === view.source.runStart() ? from.row + 1 : from.row;
    return at(view, pane, up(view, pane, { line: from.line, row }, -rows));
  }
  return at(view, pane, to);
}

/** Scrolls by pages that share one row; half a page is 0.5. */
export function scrollPages(view: LogView, pane: Pane, pages: number): LogView {
  const rows = Math.max(1, Math.round(Math.abs(pages) * (pane.height - 1)));
  return scrollRows(view, pane, pages < 0 ? -rows : rows);
}

/** Goes to the first line of this run, and from there to what is older. */
export function goHome(view: LogView, pane: Pane): LogView {
  const { source } = view;
  const top = topOf(view, pane);
  const start = source.runStart() ?? source.first();
  if (isBelow(top, { line: start, row: 0 }) && sightOf(view).first <= start) {
    return at(view, pane, { line: start, row: 0 });
  }
  if (view.cleared === undefined) for (let piece = 0; piece < piecesAtOnce && source.extendBack(); piece++);
  return at(view, pane, { line: sightOf(view).first, row: 0 });
}

/** Goes to the last line and follows. */
export function goToEnd(view: LogView): LogView {
  return { ...view, place: "end" };
}

/** Stops following where it is, or follows. */
export function toggleFollow(view: LogView, pane: Pane): LogView {
  return view.place === "end" ? hold(view, pane) : goToEnd(view);
}

/** Stops following. */
export function hold(view: LogView, pane: Pane): LogView {
  if (view.place !== "end") return view;
  return { ...view, place: { top: topOf(view, pane), seen: view.source.end() } };
}

/** Shows a line and stops following; the picture stays where it is if the line is in it. */
export function show(view: LogView, pane: Pane, line: number): LogView {
  const held = hold(view, pane);
  if (isOnScreen(held, pane, line)) return held;
  const to = up(view, pane, { line, row: 0 }, Math.floor(pane.height / 3));
  const bottom = lastTop(view, pane);
  return placed(held, isBelow(to, bottom) ? bottom : to);
}

/** Scrolls as little as is needed for a line to be on the screen, and stops following. */
export function scrollTo(view: LogView, pane: Pane, line: number): LogView {
  const held = hold(view, pane);
  if (isOnScreen(held, pane, line)) return held;
  if (line < topOf(held, pane).line) return placed(held, { line, row: 0 });
  return placed(held, up(held, pane, { line: sightOf(held).step(line, 1), row: 0 }, pane.height));
}

/** True if the line's first row is on the screen. */
export function isOnScreen(view: LogView, pane: Pane, line: number): boolean {
  const top = topOf(view, pane);
  const bottom = down(view, pane, top, pane.height);
  return isBelow({ line, row: 1 }, top) && line >= top.line && isBelow(bottom, { line, row: 0 });
}

/** Keeps what is at the top there after the pane has become another size. */
export function resize(view: LogView, before: Pane, after: Pane): LogView {
  if (view.place === "end" || !view.wrap) return view;
  const { top } = view.place;
  const row = Math.floor((top.row * textColumns(view, before)) / textColumns(view, after));
  return placed(view, { line: top.line, row });
}

/** How many visible lines have been written since following stopped. */
export function newLines(view: LogView): number {
  return view.place === "end" ? 0 : sightOf(view).between(view.place.seen, view.source.end());
}

function at(view: LogView, pane: Pane, top: Anchor): LogView {
  return isBelow(lastTop(view, pane), top) ? placed(view, top) : goToEnd(view);
}

function placed(view: LogView, top: Anchor): LogView {
  const seen = view.place === "end" ? view.source.end() : view.place.seen;
  return { ...view, place: { top, seen } };
}
