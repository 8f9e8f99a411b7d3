// Does what an action says.

import type { Action } from "./actions.ts";
import { openQuestions } from "./conflict-list.ts";
import { keepConflicts } from "./conflict-dialog.ts";
import { goHome, goToEnd, scrollRows } from "../logs/move.ts";
import { moveSelection as moveLines } from "../logs/select.ts";
import * as logs from "./log-actions.ts";
import { newPalette } from "./menus.ts";
import * as services from "./service-actions.ts";
import { fits, shownNames } from "./shown-services.ts";
import type { Stage } from "./stage.ts";
import { isTroubled } from "../../core/word.ts";
import { scrollView, showSelected, toEdge } from "./text-view.ts";
import { newField } from "./text-field.ts";
import type { View } from "./ui.ts";

/** Does it; `key` is the one that was pressed. */
export function perform(stage: Stage, action: Action, key: string): void {
  switch (action) {
    case "next-service":
      return moveSelection(stage, 1);
    case "previous-service":
      return moveSelection(stage, -1);
    case "select-number":
      return selectAt(stage, Number(key) - 1);
    case "next-trouble":
      return nextTrouble(stage);
    case "filter-services":
      return stage.change({ pane: "services", zoomed: false, field: { purpose: "services", field: newField() } });
    case "restart":
      return services.restart(stage);
    case "restart-with-dependents":
      return services.restartWithDependents(stage);
    case "toggle":
      return services.toggle(stage);
    case "signal":
      return services.chooseSignal(stage);
    case "attach":
      return services.attach(stage);
    case "open":
      return services.openPage(stage);
    case "edit-config":
      return services.editConfig(stage);
    case "why":
      stage.inquire(stage.ui.selected);
      return show(stage, "why");
    case "tree":
    case "journal":
    case "help":
      return show(stage, action);
    case "conflicts":
      return reopenConflicts(stage);
    case "merged":
      return showLogs(stage, { merged: stage.ui.view === "logs" ? !stage.ui.merged : true });
    case "zoom":
      return stage.change({ zoomed: !stage.ui.zoomed });
    case "switch-pane":
      return stage.change({ pane: stage.ui.pane === "services" ? "lower" : "services", zoomed: false });
    case "back":
      return back(stage);
    case "line-down":
      return scroll(stage, 1);
    case "line-up":
      return scroll(stage, -1);
    case "page-down":
      return scroll(stage, page(stage));
    case "page-up":
      return scroll(stage, -page(stage));
    case "top":
      return stage.ui.view === "logs" ? stage.pane.change(goHome) : toEdge(stage, "top");
    case "bottom":
      return stage.ui.view === "logs" ? stage.pane.change(goToEnd) : toEdge(stage, "bottom");
    case "search":
    case "filter":
      toLogs(stage);
      return stage.change({ field: { purpose: action, field: newField() } });
    case "palette":
      return stage.change({ dialog: newPalette });
    case "mouse":
      return toggleMouse(stage);
    case "detach":
      return services.detach(stage);
    case "quit":
      return services.quit(stage);
    case "stop":
      return services.stopAll(stage);
    case "follow":
    case "next-match":
    case "previous-match":
    case "level":
    case "next-error":
    case "previous-error":
    case "wrap":
    case "timestamps":
    case "scroll-left":
    case "scroll-right":
    case "mark":
    case "clear":
    case "copy":
    case "copy-part":
    case "select-lines":
    case "stream":
    case "save":
    case "edit-log":
      if (action !== "copy" || stage.ui.view === "logs") toLogs(stage);
      return logs.perform(stage, action);
  }
}

/** Selects the service, and shows its log if one service's log is shown. */
export function select(stage: Stage, name: string): void {
  if (name === stage.ui.selected) return;
  stage.change({ selected: name });
  if (stage.ui.view === "why") stage.inquire(name);
  showSelected(stage);
  showSource(stage);
}

/** Shows logs in the lower pane, of all services or of the selected one. */
export function showLogs(stage: Stage, { merged }: { readonly merged: boolean }): void {
  stage.change({ merged, view: "logs" });
  showSource(stage);
}

/** Scrolls whatever the lower pane shows by so many lines. */
export function scroll(stage: Stage, lines: number): void {
  if (stage.ui.view !== "logs") return scrollView(stage, lines);
  stage.pane.change((view, pane) =>
    view.selection === undefined ? scrollRows(view, pane, lines) : moveLines(view, pane, lines),
  );
}

function showSource(stage: Stage): void {
  stage.pane.show(stage.ui.merged ? undefined : stage.ui.selected);
}

function moveSelection(stage: Stage, by: number): void {
  const names = shownNames(stage);
  const at = names.indexOf(stage.ui.selected);
  selectAt(stage, Math.max(0, Math.min(names.length - 1, at + by)));
}

function selectAt(stage: Stage, index: number): void {
  const name = shownNames(stage)[index];
  if (name !== undefined) select(stage, name);
}

/** Goes round: from the last one that is in trouble to the first. */
function nextTrouble(stage: Stage): void {
  const members = Object.values(stage.host.session.snapshot().members);
  const at = members.findIndex(({ service }) => service.name === stage.ui.selected);
  const next = [...members.slice(at + 1), ...members.slice(0, at + 1)].find(isTroubled);
  if (next === undefined) return stage.say("no service is in trouble", "good");
  const { name } = next.service;
  if (!shownNames(stage).includes(name)) stage.change({ tableFilter: "" });
  if (name === stage.ui.selected) stage.say(`${name} is the only service in trouble`);
  select(stage, name);
}

/** Shows only the services that fit, and selects the first of them if the selected one does not. */
export function filterServices(stage: Stage, filter: string): void {
  stage.change({ tableFilter: filter });
  const members = Object.values(stage.host.session.snapshot().members).filter((member) => fits(member, filter));
  const [first] = members;
  if (first === undefined || members.some(({ service }) => service.name === stage.ui.selected)) return;
  select(stage, first.service.name);
}

function show(stage: Stage, view: View): void {
  if (stage.ui.view === view) return stage.change({ view: "logs" });
  stage.change({ view, viewTop: view === "journal" ? "end" : 0 });
  showSelected(stage);
}

function toLogs(stage: Stage): void {
  if (stage.ui.view !== "logs") stage.change({ view: "logs" });
}

function back(stage: Stage): void {
  const { ui, pane } = stage;
  if (ui.view !== "logs") return stage.change({ view: "logs" });
  if (pane.dismiss()) return;
  if (ui.zoomed) return stage.change({ zoomed: false });
  if (ui.tableFilter !== "") return stage.change({ tableFilter: "" });
  if (ui.pane === "lower") stage.change({ pane: "services" });
}

function reopenConflicts(stage: Stage): void {
  const fleet = stage.host.session.snapshot();
  if (openQuestions(fleet).length === 0) {
    const waiting = Object.values(fleet.members).flatMap(({ service, state }) =>
      state.status === "blocked" ? [service.name] : [],
    );
    if (waiting.length === 0) return stage.say("no port conflict is open");
    return stage.say(
      `every conflict is answered; ${waiting.join(", ")} waits (stopped and started again, it asks anew)`,
    );
  }
  const aside = new Set<string>();
  stage.change({ aside, dialog: keepConflicts(fleet, undefined, aside, stage.now()) });
}

function toggleMouse(stage: Stage): void {
  const mouse = !stage.ui.mouse;
  stage.setMouse(mouse);
  stage.change({ mouse });
  stage.say(mouse ? "the mouse is the dashboard's" : "the mouse is the terminal's: select and copy as everywhere");
}

function page(stage: Stage): number {
  return Math.max(1, stage.layout.lower.height - 1);
}
