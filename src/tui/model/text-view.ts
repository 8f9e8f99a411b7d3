// The views of words in the place of the log: their lines, and how they are scrolled.

import { wrapLine } from "./fit.ts";
import { helpLines } from "./help.ts";
import { journalLines } from "./journal.ts";
import type { Line } from "./line.ts";
import type { Stage } from "./stage.ts";
import { chosen, treeLines } from "./tree.ts";
import type { View } from "./ui.ts";
import { whyLines } from "./why.ts";

/** All lines of the view that is open, broken where the screen ends; none for logs. */
function viewLines(stage: Stage): readonly Line[] {
  const columns = Math.max(1, stage.layout.columns - 1);
  return wholeLines(stage).flatMap((line) => wrapLine(line, columns));
}

function wholeLines(stage: Stage): readonly Line[] {
  const { host, ui, marks, keymap, notes, details, logs } = stage;
  switch (ui.view) {
    case "logs":
      return [];
    case "help":
      return helpLines(keymap, Math.max(1, stage.layout.columns - 1));
    case "journal":
      return journalLines(notes, marks);
    case "tree":
      return treeLines(host.session.snapshot(), ui.selected, marks);
    case "why":
      return whyLines({
        fleet: host.session.snapshot(),
        service: ui.selected,
        at: host.session.now(),
        details: details.get(ui.selected),
        usage: host.usage()[ui.selected],
        url: host.url(ui.selected),
        log: logs.path(ui.selected),
        marks,
      });
  }
}

/** What the tabs call the view. */
export function viewTitle(view: Exclude<View, "logs">, selected: string): string {
  return view === "why" ? `why ${selected}` : view;
}

/** The lines of the view that are in sight. */
export function visibleLines(stage: Stage): readonly Line[] {
  const lines = viewLines(stage);
  const { height } = stage.layout.lower;
  const top = topOf(stage, lines.length);
  return lines.slice(top, top + height);
}

/** Scrolls the view by so many lines. */
export function scrollView(stage: Stage, by: number): void {
  const count = viewLines(stage).length;
  const top = Math.max(0, topOf(stage, count) + by);
  const last = lastTop(stage, count);
  stage.change({ viewTop: top >= last && stage.ui.view === "journal" ? "end" : Math.min(top, last) });
}

/** Brings the selected service's line of the tree into sight. */
export function showSelected(stage: Stage): void {
  if (stage.ui.view !== "tree") return;
  const lines = viewLines(stage);
  const at = lines.findIndex(([first]) => first?.text === chosen);
  if (at < 0) return;
  const top = topOf(stage, lines.length);
  const { height } = stage.layout.lower;
  if (at < top || at >= top + height) stage.change({ viewTop: Math.max(0, at - Math.floor(height / 2)) });
}

/** Goes to one end of the view. */
export function toEdge(stage: Stage, edge: "top" | "bottom"): void {
  const last = lastTop(stage, viewLines(stage).length);
  stage.change({ viewTop: edge === "top" ? 0 : stage.ui.view === "journal" ? "end" : last });
}

function topOf({ ui, layout }: Stage, count: number): number {
  const last = Math.max(0, count - layout.lower.height);
  return ui.viewTop === "end" ? last : Math.min(ui.viewTop, last);
}

function lastTop({ layout }: Stage, count: number): number {
  return Math.max(0, count - layout.lower.height);
}
