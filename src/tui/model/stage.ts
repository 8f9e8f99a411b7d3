// What every action works on: the run, what is on the screen, and the ways to change either.

import type { Outcome } from "../../core/state.ts";
import type { Host } from "../host.ts";
import type { Details } from "../../core/session.ts";
import type { RunLogs } from "../logs/logs.ts";
import type { LogPane } from "./log-pane.ts";
import type { Note } from "./journal.ts";
import type { Keymap } from "./keymap.ts";
import type { Layout } from "./layout.ts";
import type { Tone } from "./line.ts";
import type { Marks } from "./marks.ts";
import type { Ui } from "./ui.ts";

/** Why the dashboard has ended. */
export type End =
  /** The run has ended; its outcome is in `session.closed`. */
  | { readonly kind: "ended"; readonly outcome: Outcome }
  /** The person let the run go on without this dashboard. */
  | { readonly kind: "detached" }
  /** The person left a dashboard that does not own the run. */
  | { readonly kind: "left" }
  /** The person has asked for the end three times and waits for nothing any more. */
  | { readonly kind: "gone" }
  /** The engine is gone and has not said how the run ended. */
  | { readonly kind: "lost" };

/** What only the holder of the terminal can do. */
export interface Surroundings {
  /** The size to lay out for. */
  size(): { readonly columns: number; readonly rows: number };
  /** Something has changed that a person did, or that can wait a moment. */
  refresh(urgency: "now" | "soon"): void;
  /** Gives the terminal to the work, and takes it again; rejects as the work does. */
  lend(work: () => Promise<void>): Promise<void>;
  /** Sends a control sequence that moves nothing. */
  send(sequence: string): void;
  setMouse(isOurs: boolean): void;
  /** Leaves the other screen and shows the pane's lines as they come, until a key is pressed. */
  stream(): Promise<void>;
  leave(end: End): void;
}

/** The dashboard at work. */
export interface Stage extends Surroundings {
  readonly host: Host;
  readonly keymap: Keymap;
  readonly marks: Marks;
  readonly logs: RunLogs;
  readonly pane: LogPane;
  readonly ui: Ui;
  /** As of the last picture. */
  readonly layout: Layout;
  readonly notes: readonly Note[];
  readonly details: ReadonlyMap<string, Details | string>;
  /** This process's own clock in milliseconds; `wallClock` since the epoch. */
  now(): number;
  wallClock(): number;
  change(next: Partial<Ui>): void;
  /** Says a few words in the last line, until the next key or for some seconds. */
  say(text: string, tone?: Tone): void;
  /** Keeps a few words in the journal. */
  note(notes: readonly Note[]): void;
  /** Asks the engine about a service, for the view that shows it. */
  inquire(service: string): void;
  /** Waits for something that was asked for, and says what went wrong. */
  attempt(work: Promise<unknown>): void;
}
