// What the person has before them: what is selected, open and typed. Plain data; the run itself is in the fleet, the logs in their view.

import type { Choice } from "../../core/service.ts";
import type { Fleet, State } from "../../core/state.ts";
import type { Differences } from "../../core/session.ts";
import type { Context } from "./actions.ts";
import type { Line, Tone } from "./line.ts";
import type { TextField } from "./text-field.ts";

/** What the lower pane shows. */
export type View = "logs" | "help" | "why" | "tree" | "journal";

/** All of it. Times are this process's own clock, in milliseconds. */
export interface Ui {
  /** A service's name; empty when there is none. */
  readonly selected: string;
  readonly tableOffset: number;
  /** Only services that fit these words are in the table; empty: all. */
  readonly tableFilter: string;
  readonly pane: "services" | "lower";
  readonly zoomed: boolean;
  /** True: the logs of all services in one. */
  readonly merged: boolean;
  readonly view: View;
  /** The first line of a text view that is shown; `end` stays at the last ones. */
  readonly viewTop: number | "end";
  readonly dialog: Dialog | undefined;
  readonly field: Field | undefined;
  readonly notice: Notice | undefined;
  /** Where the manifest differs from what runs. */
  readonly edited: Differences | undefined;
  readonly mouse: boolean;
  /** How often a person here has asked for the end of everything: the second time it comes at once, the third they go. */
  readonly endAsked: number;
  /** Blocked services whose question was put aside. */
  readonly aside: ReadonlySet<string>;
  /** Blocked services that were answered, with the state they were in then: what comes of it takes a moment. */
  readonly answered: ReadonlyMap<string, State>;
}

/** A field that is being typed into, in place of the footer. */
export interface Field {
  readonly purpose: "search" | "filter" | "services";
  readonly field: TextField;
}

/** A short word on what has just been done. */
export interface Notice {
  readonly text: string;
  /** This process's own clock: from then on the keys stand there again. */
  readonly until: number;
  readonly tone: Tone | undefined;
}

/** What asks for an answer and takes all keys. */
export type Dialog = Conflicts | Menu | Palette;

/** The port conflicts that are open. */
export interface Conflicts {
  readonly kind: "conflicts";
  /** The service whose question is being answered. */
  readonly service: string;
  readonly cursor: number;
  readonly remember: boolean;
  /** What was on offer when it was last drawn: another offer makes the keys wait anew. */
  readonly offer: string;
  readonly since: number;
  /** Set once `kill` was picked: it is asked for again. */
  readonly sure: { readonly choice: Choice; readonly since: number } | undefined;
  /** When that was last answered by no. */
  readonly deniedAt: number | undefined;
}

/** A few things to pick from. */
export interface Menu {
  readonly kind: "menu";
  readonly title: string;
  readonly lines: readonly string[];
  readonly options: readonly MenuOption[];
  readonly cursor: number;
  /** Keys typed earlier than this are ignored. */
  readonly from: number;
}

/** One thing to pick. */
export interface MenuOption {
  readonly key: string;
  readonly text: string;
  readonly pick: () => void;
}

/** Actions by their words. */
export interface Palette {
  readonly kind: "palette";
  readonly field: TextField;
  readonly cursor: number;
}

/** The word in the last line, while it stands there. */
export function noticeNow({ notice }: Ui, now: number): Notice | undefined {
  return notice !== undefined && now < notice.until ? notice : undefined;
}

/** Before anything was typed. */
export function newUi(selected: string, mouse: boolean): Ui {
  return {
    selected,
    tableOffset: 0,
    tableFilter: "",
    pane: "services",
    zoomed: false,
    merged: false,
    view: "logs",
    viewTop: 0,
    dialog: undefined,
    field: undefined,
    notice: undefined,
    edited: undefined,
    mouse,
    endAsked: 0,
    aside: new Set(),
    answered: new Map(),
  };
}

/** Where keys go when no dialog and no field has them; `lines`: whether log lines are being chosen. */
export function contextOf(ui: Ui, lines: boolean): Context {
  if (lines) return "lines";
  // These are read from end to end; the others are about the service that is selected.
  if (ui.view === "help" || ui.view === "journal") return "text";
  if (ui.view !== "logs") return ui.pane === "services" && !ui.zoomed ? "services" : "text";
  return ui.pane === "services" && !ui.zoomed ? "services" : "logs";
}

/** A dialog as it is drawn. */
export interface DialogPicture {
  readonly title: string;
  /** What it is about: cut first where there is no room. */
  readonly about: readonly Line[];
  /** What can be picked. */
  readonly options: readonly Line[];
  /** The option that the cursor is on, which is never cut. */
  readonly cursor: number;
}

/** The blocked services whose questions are not to be asked at the moment. */
export function unasked({ aside, answered }: Ui, fleet: Fleet): ReadonlySet<string> {
  const sent = [...answered].filter(([name, state]) => fleet.members[name]?.state === state).map(([name]) => name);
  return new Set([...aside, ...sent]);
}
