// The state of one log pane, and the changes to it that need no screen: filter, wrap, timestamps, marks, clearing.

import { createMatches, type Matches } from "./matches.ts";
import { parseQuery, type Query } from "./query.ts";
import type { LevelFilter } from "../../core/level.ts";
import { both, type Keep, levelled, matching } from "./scan.ts";
import type { Source } from "./source.ts";

/** Where a row is: a line, and which of its rows, counted from its marks on. */
export interface Anchor {
  readonly line: number;
  readonly row: number;
}

/** What a pane shows, and how. */
export interface LogView {
  readonly source: Source;
  /** `end`: follows what is written; else the top row, and where the source ended when following stopped. */
  readonly place: "end" | { readonly top: Anchor; readonly seen: number };
  /** The first column of the text that is shown; 0 when wrapped. */
  readonly column: number;
  readonly wrap: boolean;
  readonly timestamps: boolean;
  readonly filter?: Filter;
  readonly search?: Search;
  readonly jump?: Jump;
  readonly selection?: Selection;
  readonly marks: readonly Mark[];
  /** Lines before this one are hidden. */
  readonly cleared?: number;
  /** What the person should be told about the last key, such as a pattern that is none. */
  readonly notice?: string;
}

/** Lets through the lines that match the query and are serious enough. */
export interface Filter {
  /** As typed, empty for none. */
  readonly text: string;
  readonly level: LevelFilter;
  readonly keep: Keep;
  readonly matches: Matches;
}

/** Finds lines among those that are visible. */
export interface Search {
  readonly query: Query;
  readonly matches: Matches;
  /** Where the person was looking when the search began. */
  readonly origin: LogView["place"];
  /** The first line that was looked at then. */
  readonly from: number;
  /** The line of the match that is shown. */
  readonly current?: number;
  readonly wanted?: Wanted;
  /** The last step went past this edge and on from the other. */
  readonly wrapped?: "end" | "start";
}

/** What is still being looked for: a match from a line on down, or up, or if need be up. */
export interface Wanted {
  readonly which: "near" | "next" | "previous";
  readonly from: number;
}

/** Goes from error to error. */
export interface Jump {
  readonly matches: Matches;
  /** The line of the error that is shown. */
  readonly current?: number;
  readonly wanted?: Wanted;
}

/** Whole lines from one to another, in either order. */
export interface Selection {
  readonly anchor: number;
  readonly cursor: number;
}

/** Words between two lines, above line `line`. */
export interface Mark {
  readonly line: number;
  readonly text: string;
}

/** A pane that follows a source. */
export function newView(source: Source): LogView {
  return { source, place: "end", column: 0, wrap: false, timestamps: true, marks: [] };
}

/** Filters by text and level; a text that is no pattern leaves the old filter and says what is wrong. */
export function setFilter(view: LogView, text: string, level: LevelFilter): LogView {
  const query = parseQuery(text);
  if (query !== undefined && "problem" in query) return { ...view, notice: query.problem };
  const { filter: _filter, search, jump: _jump, notice: _notice, ...rest } = view;
  const keeps = [...(query === undefined ? [] : [matching(query)]), ...(level === "all" ? [] : [levelled(level)])];
  const filtered = keeps.length === 0 ? rest : { ...rest, filter: newFilter(view, text, level, keeps.reduce(both)) };
  return search === undefined ? filtered : { ...filtered, search: renewed(filtered, search) };
}

function newFilter(view: LogView, text: string, level: LevelFilter, keep: Keep): Filter {
  return { text, level, keep, matches: createMatches(view.source, keep, seedOf(view)) };
}

/** The same search over what is visible now. */
function renewed(view: LogView, search: Search): Search {
  return { ...search, matches: visibleMatches(view, matching(search.query), search.from) };
}

/** Collects the lines that are kept among those that the filter lets through. */
export function visibleMatches(view: LogView, keep: Keep, from: number): Matches {
  return createMatches(view.source, view.filter === undefined ? keep : both(keep, view.filter.keep), from);
}

/** Where looking begins, so that what is seen now is judged first. */
function seedOf({ source, place }: LogView): number {
  return place === "end" ? source.end() : place.top.line;
}

/** Wraps long lines, or shows them from one column on. */
export function toggleWrap(view: LogView): LogView {
  return { ...view, wrap: !view.wrap, column: 0 };
}

/** Shows when each line was seen, or not. */
export function toggleTimestamps(view: LogView): LogView {
  return { ...view, timestamps: !view.timestamps };
}

/** Moves the text sideways; never to the left of its beginning, and not while it is wrapped. */
export function scrollColumns(view: LogView, columns: number): LogView {
  return view.wrap ? view : { ...view, column: Math.max(0, view.column + columns) };
}

/** Puts a mark behind the last line. */
export function addMark(view: LogView, text: string): LogView {
  const line = view.source.end();
  return { ...view, marks: [...view.marks.slice(-99), { line, text }] };
}

/** Hides all that has been written so far, or shows it again. */
export function toggleClear(view: LogView): LogView {
  const { cleared, ...rest } = view;
  return cleared === undefined ? { ...rest, cleared: view.source.end(), place: "end" } : rest;
}

/** Forgets what was said about the last key. */
export function withoutNotice(view: LogView): LogView {
  const { notice, ...rest } = view;
  return notice === undefined ? view : rest;
}
