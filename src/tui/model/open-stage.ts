// Opens the stage: the one place where what is on the screen is kept and changed.

import { performance } from "node:perf_hooks";
import { editedSentence } from "../../core/edited.ts";
import type { Entry } from "../../core/event.ts";
import type { Host } from "../host.ts";
import type { Details, Differences } from "../../core/session.ts";
import { noteBorders } from "./borders.ts";
import { openRunLogs } from "../logs/logs.ts";
import { addNotes, type Note, notesOn } from "./journal.ts";
import { checkKeys, makeKeymap } from "./keymap.ts";
import { divide, type Layout } from "./layout.ts";
import { newLogPane } from "./log-pane.ts";
import { marksFor } from "./marks.ts";
import { pictureOf, type Picture, tableOffset } from "./picture.ts";
import { refreshConflicts } from "./press.ts";
import type { Stage, Surroundings } from "./stage.ts";
import { noStartup, noteStartup, summarize } from "./startup.ts";
import { newUi } from "./ui.ts";

/** How long a word takes the place of the keys: with the second that a picture may be late, less than 5 s. */
const noticeTime = 3900;

/** A stage and what keeps it up to date. */
export interface OpenStage extends Disposable {
  readonly stage: Stage;
  /** Takes in an entry of the engine's journal. */
  take(entry: Entry): void;
  /** Takes in where the manifest differs from what runs; undefined: nowhere any more. */
  takeEdit(found: Differences | undefined): void;
  /** The picture as of now, after which `stage.layout` is its layout. */
  picture(): Picture;
}

/** Opens a stage for a host, with everything that has happened before; `now` is this process's own clock. */
export function openStage(host: Host, around: Surroundings, now = (): number => performance.now()): OpenStage {
  const { session, preferences } = host;
  const names = Object.keys(session.snapshot().members);
  const logs = openRunLogs(host.logs, names);
  const marks = marksFor(preferences);
  const details = new Map<string, Details | string>();
  let ui = newUi(names[0] ?? "", preferences.mouse);
  let notes: readonly Note[] = [];
  let layout: Layout = divide({ ...around.size(), services: names.length, pane: ui.pane, zoomed: false, dialog: 0 });
  let startup = noStartup;
  let isSummed = session.snapshot().arrived;

  const stage: Stage = {
    ...around,
    host,
    keymap: makeKeymap(preferences.keys),
    marks,
    logs,
    pane: newLogPane(logs, names, preferences),
    get ui() {
      return ui;
    },
    get layout() {
      return layout;
    },
    get notes() {
      return notes;
    },
    details,
    now,
    wallClock: () => Date.now(),
    change(next) {
      ui = { ...ui, ...next };
      around.refresh("now");
    },
    say(text, tone) {
      stage.change({ notice: { text, tone, until: now() + noticeTime } });
    },
    note(more) {
      notes = addNotes(notes, more);
      around.refresh("soon");
    },
    inquire(service) {
      session.details(service).then(
        (answer) => {
          details.set(service, answer);
          around.refresh("now");
        },
        (error: unknown) => {
          details.set(service, wordsOf(error));
          around.refresh("now");
        },
      );
    },
    attempt(work) {
      work.catch((error: unknown) => {
        const text = wordsOf(error);
        stage.say(text, "bad");
        stage.note([{ time: stage.wallClock(), about: "launch", tone: "bad", text }]);
      });
    },
  };

  const sum = (at: number): void => {
    isSummed = true;
    const { headline, details: parts } = summarize(session.snapshot(), startup, at, marks);
    const time = stage.wallClock();
    const tone = session.snapshot().wasUp ? "good" : "warn";
    stage.note([
      ...parts.map(({ service, text }): Note => ({ time, about: service, tone: "plain", text })),
      { time, about: "launch", tone, text: headline },
    ]);
    stage.say(headline, tone);
  };
  const remember = (entry: Entry, isNew: boolean): void => {
    startup = noteStartup(startup, entry);
    noteBorders(logs, entry, isNew);
    notes = addNotes(notes, notesOn(entry));
  };

  for (const entry of session.past) remember(entry, false);
  // A quick start may be over before there is anybody to see it.
  if (isSummed && host.about.owner && session.snapshot().outcome === undefined) {
    sum(session.past.at(-1)?.event.at ?? session.now());
  }
  const problems = [...host.about.warnings, ...checkKeys(preferences.keys)];
  stage.note(problems.map((text): Note => ({ time: stage.wallClock(), about: "launch", tone: "warn", text })));
  refreshConflicts(stage);

  return {
    stage,
    take(entry) {
      remember(entry, true);
      const fleet = session.snapshot();
      if (fleet.arrived && !isSummed && fleet.outcome === undefined) sum(entry.event.at);
      if (fleet.outcome !== undefined && entry.outcome !== undefined) {
        stage.say("stopping everything; Ctrl-C ends it at once", "warn");
      }
      refreshConflicts(stage);
      around.refresh("soon");
    },
    takeEdit(edited) {
      const text = edited === undefined ? "The manifest says again what runs." : editedSentence(edited);
      stage.note([{ time: stage.wallClock(), about: "launch", tone: edited === undefined ? "plain" : "warn", text }]);
      stage.change({ edited });
    },
    picture() {
      const picture = pictureOf(stage);
      layout = picture.layout;
      const offset = tableOffset(stage, layout);
      // Not a change that is to be painted: the picture has been made by it.
      if (offset !== ui.tableOffset) ui = { ...ui, tableOffset: offset };
      stage.pane.resize(Math.max(1, layout.columns), Math.max(1, layout.lower.height));
      return picture;
    },
    [Symbol.dispose]() {
      logs[Symbol.dispose]();
    },
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
