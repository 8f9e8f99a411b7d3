// Where a key goes: to the dialog that is open, to the field that is typed into, or through the keymap to an action.

import type { Action } from "./actions.ts";
import { keepConflicts, pressConflicts } from "./conflict-dialog.ts";
import type { Option } from "./conflict-list.ts";
import { pressMenu, pressPalette } from "./menus.ts";
import { cancelSearch } from "../logs/search.ts";
import { withoutNotice } from "../logs/view.ts";
import { askLog } from "./log-actions.ts";
import { filterServices, perform, select, showLogs } from "./perform.ts";
import { shownNames } from "./shown-services.ts";
import type { Stage } from "./stage.ts";
import { stopAll } from "./service-actions.ts";
import { editField, insert } from "./text-field.ts";
import { type Conflicts, contextOf, unasked } from "./ui.ts";

/** Takes one key, by its name. */
export function press(stage: Stage, key: string): void {
  const { dialog, field } = stage.ui;
  if (stage.ui.notice !== undefined) stage.change({ notice: undefined });
  stage.pane.change(withoutNotice);
  // Whatever is open: this one always means the same.
  if (key === "ctrl-c") return stopAll(stage);
  if (dialog !== undefined) return pressDialog(stage, key);
  if (field !== undefined) return pressField(stage, key);
  const action = stage.keymap[contextOf(stage.ui, stage.pane.isSelecting())].get(key);
  if (action !== undefined) perform(stage, action, key);
}

/** Does an action that was clicked or found by its words. */
export function act(stage: Stage, action: Action): void {
  stage.change({ notice: undefined });
  perform(stage, action, "");
}

/** Takes text that was pasted; only a field wants any. */
export function paste(stage: Stage, text: string): void {
  const { dialog, field } = stage.ui;
  if (dialog?.kind === "palette") {
    stage.change({ dialog: { ...dialog, field: insert(dialog.field, text), cursor: 0 } });
  } else if (dialog === undefined && field !== undefined) {
    stage.change({ field: { ...field, field: insert(field.field, text) } });
  }
}

function pressDialog(stage: Stage, key: string): void {
  const { dialog } = stage.ui;
  switch (dialog?.kind) {
    case undefined:
      return;
    case "conflicts":
      return pressOnConflicts(stage, dialog, key);
    case "menu": {
      const outcome = pressMenu(dialog, key, stage.now());
      if (outcome.kind === "stay") return stage.change({ dialog: outcome.dialog });
      closeDialog(stage);
      if (outcome.kind === "pick") outcome.pick();
      return;
    }
    case "palette": {
      const outcome = pressPalette(dialog, key, namesOf(stage));
      if (outcome.kind === "stay") return stage.change({ dialog: outcome.dialog });
      closeDialog(stage);
      if (outcome.kind === "pick") act(stage, outcome.action);
      if (outcome.kind === "service") goTo(stage, outcome.service);
      return;
    }
  }
}

function namesOf({ host }: Stage): readonly string[] {
  return Object.keys(host.session.snapshot().members);
}

/** Selects a service wherever it is, and shows its log. */
function goTo(stage: Stage, service: string): void {
  if (!shownNames(stage).includes(service)) stage.change({ tableFilter: "" });
  select(stage, service);
  showLogs(stage, { merged: false });
}

function pressOnConflicts(stage: Stage, dialog: Conflicts, key: string): void {
  const fleet = stage.host.session.snapshot();
  const outcome = pressConflicts(fleet, dialog, unasked(stage.ui, fleet), key, stage.now());
  switch (outcome.kind) {
    case "dialog":
      return stage.change({ dialog: outcome.dialog });
    case "aside": {
      const open = Object.entries(fleet.members).filter(([, { state }]) => state.status === "blocked");
      stage.change({ dialog: undefined, aside: new Set(open.map(([name]) => name)) });
      return;
    }
    case "answer":
      stage.change({ dialog: undefined });
      answer(stage, outcome.option, outcome.remember);
      // What comes of it is in entries to come; the other questions stay open.
      return refreshConflicts(stage);
  }
}

function answer({ host: { session }, ui, change }: Stage, { choice, services }: Option, remember: boolean): void {
  const { members } = session.snapshot();
  const answered = new Map(ui.answered);
  for (const service of services) {
    const state = members[service]?.state;
    if (state !== undefined) answered.set(service, state);
  }
  change({ answered });
  for (const service of services) {
    session.resolve(service, { choice, remember: remember && choice === "next", restartUsers: true });
  }
}

/** Opens the dialog where a conflict is open, keeps it as the fleet now is, closes it when none is left. */
export function refreshConflicts(stage: Stage): void {
  const { dialog, field, aside } = stage.ui;
  const fleet = stage.host.session.snapshot();
  const stillAside = new Set([...aside].filter((name) => fleet.members[name]?.state.status === "blocked"));
  if (stillAside.size !== aside.size) stage.change({ aside: stillAside });
  // Whatever the person is at comes first; the header says that a question waits.
  if ((dialog !== undefined && dialog.kind !== "conflicts") || field !== undefined) return;
  const next = keepConflicts(fleet, dialog, unasked(stage.ui, fleet), stage.now());
  if (next !== dialog) stage.change({ dialog: next });
}

function closeDialog(stage: Stage): void {
  stage.change({ dialog: undefined });
  refreshConflicts(stage);
}

function pressField(stage: Stage, key: string): void {
  const { field } = stage.ui;
  if (field === undefined) return;
  const { text } = field.field;
  switch (key) {
    case "esc":
      stage.change({ field: undefined });
      if (field.purpose === "search") stage.pane.change(cancelSearch);
      else if (field.purpose === "services") filterServices(stage, "");
      else askLog(stage, "filter", "");
      return refreshConflicts(stage);
    case "enter": {
      stage.change({ field: undefined });
      // It has been searched for while it was typed.
      const isDone = field.purpose === "search" && text !== "" && stage.pane.view.search?.query.text === text;
      const problem = isDone || field.purpose === "services" ? undefined : askLog(stage, field.purpose, text);
      if (problem !== undefined) stage.say(problem, "warn");
      return refreshConflicts(stage);
    }
    case "backspace":
      if (text === "") {
        stage.change({ field: undefined });
        if (field.purpose === "services") filterServices(stage, "");
        return;
      }
      break;
  }
  const next = editField(field.field, key);
  if (next === field.field) return;
  stage.change({ field: { ...field, field: next } });
  // Found while it is typed; what is wrong with a half-typed pattern is nobody's business yet.
  if (next.text === text) return;
  if (field.purpose === "search") askLog(stage, "search", next.text);
  if (field.purpose === "services") filterServices(stage, next.text.trim());
}
