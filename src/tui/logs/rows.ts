// A view as rows of text for the screen: a marker, the time, the service's name in its colour, and the line.

import { nameWidth, type Pane, type Slot, slotsOf, textColumns } from "./pane.ts";
import { newLines } from "./move.ts";
import { searchStatus, type SearchStatus } from "./search.ts";
import type { LevelFilter } from "../../core/level.ts";
import { sightOf } from "./sight.ts";
import type { LogView } from "./view.ts";

/** What the rows do not say themselves. */
export interface PaneStatus {
  readonly following: boolean;
  /** Visible lines written since following stopped. */
  readonly newLines: number;
  /** Visible lines, as far as they are known. */
  readonly lines: number;
  readonly filter?: { readonly text: string; readonly level: LevelFilter; readonly complete: boolean };
  readonly search?: SearchStatus;
  /** Lines that are selected. */
  readonly selected: number;
  readonly notice?: string;
}

/** What a pane shows. */
export interface PaneRows {
  /** At most as many as the pane is high, none wider than it. */
  readonly rows: readonly string[];
  /** The line that each row belongs to. */
  readonly lines: readonly number[];
  readonly status: PaneStatus;
}

// Black, white and red are left out: they are unreadable on some grounds, or mean something else.
const nameColours = [36, 32, 35, 33, 34, 96, 92, 95, 93, 94];

/** The rows of a view, and what else is to be said about it. */
export function rowsOf(view: LogView, pane: Pane): PaneRows {
  const slots = slotsOf(view, pane);
  const before = prefixes(view, pane);
  return {
    rows: slots.map((slot) => (slot.kind === "mark" ? markRow(slot, pane) : before(slot) + slot.text)),
    lines: slots.map((slot) => (slot.kind === "mark" ? slot.line : slot.line.number)),
    status: statusOf(view),
  };
}

/** What the rows do not say themselves. */
export function statusOf(view: LogView): PaneStatus {
  const { filter, selection, notice } = view;
  const sight = sightOf(view);
  const search = searchStatus(view);
  return {
    following: view.place === "end",
    newLines: newLines(view),
    lines: sight.count,
    selected: selection === undefined ? 0 : selectedCount(view),
    ...(filter === undefined
      ? {}
      : { filter: { text: filter.text, level: filter.level, complete: filter.matches.isDone() } }),
    ...(search === undefined ? {} : { search }),
    ...(notice === undefined ? {} : { notice }),
  };
}

function selectedCount(view: LogView): number {
  const { anchor = 0, cursor = 0 } = view.selection ?? {};
  return sightOf(view).between(Math.min(anchor, cursor), Math.max(anchor, cursor) + 1);
}

function markRow({ mark }: Extract<Slot, { kind: "mark" }>, { width, colors, ascii }: Pane): string {
  const rule = ascii ? "--" : "──";
  const text = ascii ? mark.text.replaceAll("·", "-") : mark.text;
  const row = ` ${rule} ${text} ${rule}`.slice(0, width);
  return colors ? `\x1b[1m${row}\x1b[0m` : row;
}

type TextSlot = Extract<Slot, { kind: "text" }>;

function prefixes(view: LogView, pane: Pane): (slot: TextSlot) => string {
  const [dim, reset] = pane.colors ? ["\x1b[2m", "\x1b[0m"] : ["", ""];
  const widest = nameWidth(pane);
  const isMerged = view.source.service === undefined;
  const blank = " ".repeat(pane.width - 1 - textColumns(view, pane));

  const nameOf = (service: string): string => {
    const name = service.length > widest ? service.slice(0, widest) : service.padEnd(widest);
    const colour = nameColours[Math.max(0, pane.names.indexOf(service)) % nameColours.length];
    return pane.colors ? `\x1b[${colour}m${name}${reset} ` : `${name} `;
  };

  return ({ line, row }) => {
    const marker = markerOf(view, line.number);
    if (row > 0) return marker + blank;
    const time = view.timestamps ? `${dim}${clockTime(view.source.timeOf(line.number))}${reset} ` : "";
    return marker + time + (isMerged ? nameOf(line.service) : "");
  };
}

/** `>` for what is selected, `*` for the match or error that was asked for. */
function markerOf({ selection, search, jump }: LogView, line: number): string {
  if (selection !== undefined) {
    const { anchor, cursor } = selection;
    if (line >= Math.min(anchor, cursor) && line <= Math.max(anchor, cursor)) return ">";
  }
  return line === search?.current || line === jump?.current ? "*" : " ";
}

/** `HH:MM:SS.mmm` in local time; as many spaces where the time is not known. */
export function clockTime(time: number | undefined): string {
  if (time === undefined) return " ".repeat(12);
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
