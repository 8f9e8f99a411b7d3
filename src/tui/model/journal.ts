// What happened and what was decided, in words with times: the journal view, and where notices and stray words are kept.

import type { Change, Entry } from "../../core/event.ts";
import type { Remark } from "../../core/remark.ts";
import { remarksOn } from "../../core/remarks.ts";
import { aboutOf, noticeRemark } from "../../core/notice.ts";
import { isActive } from "../../core/state.ts";
import { clock } from "./figures.ts";
import { fit } from "./fit.ts";
import { type Line, span, type Tone } from "./line.ts";
import { inMarks, type Marks } from "./marks.ts";

/** One thing that happened. */
export interface Note {
  /** Wall clock, milliseconds since the epoch. */
  readonly time: number;
  /** The service it is about, or `launch`. */
  readonly about: string;
  readonly tone: Remark["tone"];
  readonly text: string;
}

/** How many notes are kept; the oldest go first. */
const mostNotes = 2000;

/** The notes with more of them. */
export function addNotes(notes: readonly Note[], more: readonly Note[]): readonly Note[] {
  if (more.length === 0) return notes;
  const all = [...notes, ...more];
  return all.length > mostNotes ? all.slice(all.length - mostNotes) : all;
}

/** What an entry of the engine's journal is worth saying. */
export function notesOn(entry: Entry): readonly Note[] {
  const { event, time } = entry;
  const note = (about: string, text: string, tone: Note["tone"] = "plain"): Note => ({ time, about, tone, text });
  const notes: Note[] = [];
  switch (event.type) {
    case "up":
      notes.push(note("launch", `asked to start ${listed(event.services)}`));
      break;
    case "down":
      notes.push(note("launch", `asked to stop ${listed(event.services)}`));
      break;
    case "restart":
      notes.push(note("launch", `asked to restart ${listed(event.services)}`));
      break;
    case "kill":
      notes.push(note("launch", `asked to kill ${listed(event.services)}`));
      break;
    case "quit":
      notes.push(note("launch", event.force ? "asked to end everything at once" : "asked to end everything"));
      break;
    case "resolve":
      notes.push(note(event.service, `${event.choice === "fail" ? "gives up" : event.choice}: ${event.because}`));
      break;
    case "claimed":
      for (const { from, to, reason } of event.moves) {
        notes.push(note(event.service, `port ${from} → ${to} (${from}: ${reason})`, "warn"));
      }
      break;
    case "noticed": {
      const remark = noticeRemark(event.notice);
      if (remark !== undefined) notes.push(note(aboutOf(event.notice), remark.text, remark.tone));
      break;
    }
    case "conflict":
    case "adopted":
    case "started":
    case "ready":
    case "unready":
    case "never-ready":
    case "healthy":
    case "unhealthy":
    case "lost":
    case "exited":
    case "swept":
    case "reclaimed":
    case "said":
    case "extended":
    case "silent":
    case "woke":
      break;
  }
  for (const change of inOrderOfReading(entry.changes)) {
    for (const { tone, text } of remarksOn(change, event.at)) notes.push(note(change.after.service.name, text, tone));
  }
  return notes;
}

/** The notes as lines, oldest first. */
export function journalLines(notes: readonly Note[], marks: Marks): readonly Line[] {
  const width = Math.min(24, Math.max(6, ...notes.map(({ about }) => about.length)));
  return notes.map(({ time, about, tone, text }) => [
    span(`${clock(time)} `, "dim"),
    span(`${fit(about, width)}  `, about === "launch" ? "dim" : "strong"),
    span(inMarks(text, marks), toneOf(tone)),
  ]);
}

function toneOf(tone: Remark["tone"]): Tone | undefined {
  return tone === "plain" ? undefined : tone;
}

/** One event can end one service and let others move: the end is read first. */
function inOrderOfReading(changes: readonly Change[]): readonly Change[] {
  const isOver = ({ after }: Change): boolean => !isActive(after.state);
  return [...changes.filter(isOver), ...changes.filter((change) => !isOver(change))];
}

function listed(names: readonly string[]): string {
  return names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
