// What can be done to the log in the lower pane.

import type { LevelFilter } from "../../core/level.ts";
import * as move from "../logs/move.ts";
import { jumpToError, setSearch, stepSearch } from "../logs/search.ts";
import { copyText as textOf, joined, startSelection, visibleLines as linesFrom } from "../logs/select.ts";
import { sightOf } from "../logs/sight.ts";
import { topOf } from "../logs/pane.ts";
import { addMark, scrollColumns, setFilter, toggleClear, toggleTimestamps, toggleWrap } from "../logs/view.ts";
import type { Action } from "./actions.ts";
import { copyText } from "./copy.ts";
import { fileLineOf } from "./file-line.ts";
import { clock } from "./figures.ts";
import { plain } from "./line.ts";
import type { Stage } from "./stage.ts";
import { visibleLines } from "./text-view.ts";

/** The actions of this file. */
export type LogAction = Extract<
  Action,
  | "follow"
  | "next-match"
  | "previous-match"
  | "level"
  | "next-error"
  | "previous-error"
  | "wrap"
  | "timestamps"
  | "scroll-left"
  | "scroll-right"
  | "mark"
  | "clear"
  | "copy"
  | "copy-part"
  | "select-lines"
  | "stream"
  | "save"
  | "edit-log"
>;

const sideways = 20;
/** Lines that `save` writes at most, the last ones. */
const mostSaved = 200_000;
/** How long a filter may take to get through before a save, in milliseconds. */
const longestLook = 1000;
const levels: readonly LevelFilter[] = ["all", "warn", "error"];

/** Does it. */
export function perform(stage: Stage, action: LogAction): void {
  const { pane } = stage;
  switch (action) {
    case "follow":
      return pane.change(move.toggleFollow);
    case "next-match":
    case "previous-match":
      if (pane.view.search === undefined) return stage.say("nothing was searched for yet: / searches");
      return pane.change((view, size) => stepSearch(view, size, action === "next-match" ? "next" : "previous"));
    case "level":
      return nextLevel(stage);
    case "next-error":
    case "previous-error":
      return pane.change((view, size) => jumpToError(view, size, action === "next-error" ? "next" : "previous"));
    case "wrap":
      return pane.change(toggleWrap);
    case "timestamps":
      return pane.change(toggleTimestamps);
    case "scroll-left":
      return pane.change((view) => scrollColumns(view, -sideways));
    case "scroll-right":
      return pane.change((view) => scrollColumns(view, sideways));
    case "mark":
      return pane.change((view) => addMark(view, clock(stage.wallClock())));
    case "clear":
      return pane.change(toggleClear);
    case "copy":
      return copy(stage);
    case "copy-part":
      return chooseWhatToCopy(stage);
    case "select-lines":
      return pane.isSelecting() ? void pane.dismiss() : pane.change((view, size) => startSelection(view, size));
    case "stream":
      return stage.attempt(stage.stream());
    case "save":
      return save(stage);
    case "edit-log":
      return editLog(stage);
  }
}

/** Searches or filters for what was typed; answers what is wrong with it. */
export function askLog({ pane }: Stage, purpose: "search" | "filter", typed: string): string | undefined {
  if (purpose === "search") pane.change((view, size) => setSearch(view, size, typed));
  else pane.change((view) => setFilter(view, typed, view.filter?.level ?? "all"));
  return pane.view.notice;
}

function nextLevel({ pane }: Stage): void {
  const now = pane.view.filter?.level ?? "all";
  const next = levels[(levels.indexOf(now) + 1) % levels.length] ?? "all";
  pane.change((view) => setFilter(view, view.filter?.text ?? "", next));
}

/** Copies what is chosen: the selected lines, the line of the match, or all that is visible. */
function copy(stage: Stage): void {
  const { pane, ui } = stage;
  if (ui.view !== "logs") {
    const lines = visibleLines(stage).map(plain);
    return copyText(stage, lines.join("\n"), counted(lines.length));
  }
  const { view } = pane;
  const part = view.selection !== undefined ? "selection" : view.search?.current !== undefined ? "match" : "visible";
  const text = textOf(view, pane.pane, part === "match" ? "line" : part);
  if (text === "") return stage.say("there is nothing to copy");
  const lines = text.replace(/\n$/, "").split("\n").length;
  copyText(stage, text, part === "match" ? "the matching line" : counted(lines));
  if (part === "selection") pane.dismiss();
}

function counted(lines: number): string {
  return lines === 1 ? "1 line" : `${lines} lines`;
}

function save(stage: Stage): void {
  const { pane, host } = stage;
  // A filter that is still at work would leave lines out.
  if (pane.advance(longestLook) === "more") return stage.say("still looking; S again once the filter is through");
  const { view } = pane;
  const sight = sightOf(view);
  const from = sight.step(sight.end, -mostSaved);
  const text = joined(linesFrom(view, from, mostSaved));
  if (text === "") return stage.say("there is nothing to save");
  const saved = host.deeds.save(`${pane.service ?? "all"}.log`, `${text}\n`);
  const { count } = sight;
  const what = count > mostSaved ? `the last ${mostSaved} of ${counted(count)}` : counted(count);
  stage.attempt(saved.then((path) => stage.say(`saved ${what} as ${path}`)));
}

/** Opens the log file at the match, or at the first line in sight; in the merged log, the file of the service that wrote it. */
function editLog(stage: Stage): void {
  const { pane, logs, host } = stage;
  const { view } = pane;
  const number = view.search?.current ?? view.selection?.cursor ?? topOf(view, pane.pane).line;
  const place = fileLineOf(host.logs, view.source, number);
  const path = place?.path ?? logs.path(pane.service ?? stage.ui.selected);
  stage.attempt(stage.lend(() => host.deeds.edit(path, place?.line ?? 1)));
}

/** Asks what to copy. */
function chooseWhatToCopy(stage: Stage): void {
  const { view, pane } = stage.pane;
  const parts = [
    { key: "l", part: "line", text: "the last line in sight, or the line of the match" },
    { key: "m", part: "match", text: "the words that match" },
    { key: "v", part: "visible", text: "all lines in sight" },
  ] as const;
  const options = parts
    .filter(({ part }) => part !== "match" || view.search?.current !== undefined)
    .map(({ key, part, text }) => ({
      key,
      text,
      pick: () => {
        const found = textOf(view, pane, part);
        if (found === "") stage.say("there is nothing to copy");
        else copyText(stage, found, part === "match" ? "the match" : counted(found.split("\n").length));
      },
    }));
  stage.change({ dialog: { kind: "menu", title: "Copy", lines: [], options, cursor: 0, from: 0 } });
}
