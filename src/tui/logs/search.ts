// Searching in a log while more is written: the nearest match at once, all of them counted in the background, and steps from
// one to the next that say when they begin again from the other end.

import { isOnScreen, show } from "./move.ts";
import { type Pane, topOf } from "./pane.ts";
import type { Matches } from "./matches.ts";
import { parseQuery } from "./query.ts";
import { errors, matching } from "./scan.ts";
import { sightOf } from "./sight.ts";
import { type Jump, type LogView, type Search, visibleMatches, type Wanted } from "./view.ts";

/** What can be said about a search. */
export interface SearchStatus {
  readonly text: string;
  /** Of the match that is shown, counted from 1. */
  readonly position?: number;
  /** Matching lines. */
  readonly count: number;
  /** False: counting goes on. */
  readonly complete: boolean;
  readonly wrapped?: "end" | "start";
}

/** Searches for what has been typed so far; nothing typed ends the search. */
export function setSearch(view: LogView, pane: Pane, text: string): LogView {
  const query = parseQuery(text);
  if (query === undefined) return endSearch(view);
  if ("problem" in query) return { ...view, notice: query.problem };
  const { notice: _notice, ...rest } = view;
  const origin = view.search?.origin ?? view.place;
  const from = view.search?.from ?? topOf(view, pane).line;
  const matches = visibleMatches(view, matching(query), from);
  return { ...rest, search: { query, matches, origin, from, wanted: { which: "near", from } } };
}

/** Ends the search and stays. */
export function endSearch(view: LogView): LogView {
  const { search: _search, notice: _notice, ...rest } = view;
  return rest;
}

/** Ends the search and goes back to where it began. */
export function cancelSearch(view: LogView): LogView {
  return view.search === undefined ? view : { ...endSearch(view), place: view.search.origin };
}

/** Asks for the next match further down or up; `advance` finds it. */
export function stepSearch(view: LogView, pane: Pane, which: "next" | "previous"): LogView {
  const { search } = view;
  if (search === undefined) return view;
  return { ...view, search: { ...search, wanted: { which, from: startOf(view, pane, which, search.current) } } };
}

/** Asks for the next error further down or up; `advance` finds it. */
export function jumpToError(view: LogView, pane: Pane, which: "next" | "previous"): LogView {
  const { jump, notice: _notice, ...rest } = view;
  const matches = jump?.matches ?? visibleMatches(view, errors(), topOf(view, pane).line);
  return { ...rest, jump: { ...jump, matches, wanted: { which, from: startOf(view, pane, which, jump?.current) } } };
}

/** From where to look: from what was found last as long as it is on the screen, else from what is seen now. */
function startOf(view: LogView, pane: Pane, which: "next" | "previous", current: number | undefined): number {
  if (current !== undefined && isOnScreen(view, pane, current)) return current;
  if (which === "previous" && view.place === "end") return view.source.end();
  const top = topOf(view, pane).line;
  return which === "next" ? top - 1 : top;
}

/** Does what is left of filtering and searching until `enough`, and shows what has been found by it. */
export function advance(view: LogView, pane: Pane, enough: () => boolean): LogView {
  view.filter?.matches.advance(enough);
  let next = view;
  if (next.search !== undefined) {
    next.search.matches.advance(enough);
    next = settleSearch(next, pane, next.search);
  }
  if (next.jump?.wanted !== undefined) {
    next.jump.matches.advance(enough);
    next = settleJump(next, pane, next.jump);
  }
  return next;
}

/** True while there is something for `advance` to do. */
export function isBusy({ filter, search, jump }: LogView): boolean {
  if (filter?.matches.isDone() === false || search?.matches.isDone() === false) return true;
  return search?.wanted !== undefined || jump?.wanted !== undefined;
}

/** What to say about the search. */
export function searchStatus(view: LogView): SearchStatus | undefined {
  const { search } = view;
  if (search === undefined) return undefined;
  const { matches, current, wrapped, query } = search;
  const hidden = matches.rank(sightOf(view).first);
  return {
    text: query.text,
    count: matches.count() - hidden,
    complete: matches.isDone(),
    ...(current === undefined ? {} : { position: matches.rank(current) - hidden + 1 }),
    ...(wrapped === undefined ? {} : { wrapped }),
  };
}

/** Words such as `3 of 17`, `3 of 17+`, `no match`. */
export function describeSearch({ position, count, complete, wrapped }: SearchStatus): string {
  const more = complete ? "" : "+";
  if (count === 0) return complete ? "no match" : "searching";
  if (position === undefined) return `${count}${more}`;
  const edge = wrapped === undefined ? "" : wrapped === "end" ? ", from the start again" : ", from the end again";
  return `${position} of ${count}${more}${edge}`;
}

function settleSearch(view: LogView, pane: Pane, search: Search): LogView {
  const { wanted, wrapped: _wrapped, ...settled } = search;
  if (wanted === undefined) return view;
  const found = find(view, search.matches, wanted);
  if (found === "unknown") return view;
  if (found === undefined) return { ...view, search: settled };
  const wrapped = found.wrapped === undefined ? {} : { wrapped: found.wrapped };
  return { ...show(view, pane, found.line), search: { ...settled, current: found.line, ...wrapped } };
}

function settleJump(view: LogView, pane: Pane, { matches, wanted }: Jump): LogView {
  if (wanted === undefined) return view;
  const found = find(view, matches, wanted);
  if (found === "unknown") return view;
  if (found === undefined) return { ...view, jump: { matches }, notice: "no error in this log" };
  const shown = show(view, pane, found.line);
  return { ...shown, jump: { matches, current: found.line }, ...noticeOf(found.wrapped) };
}

function noticeOf(wrapped: "end" | "start" | undefined): { notice?: string } {
  if (wrapped === undefined) return {};
  return {
    notice:
      wrapped === "end" ? "no error further down, from the start again" : "no error further up, from the end again",
  };
}

type Found = { readonly line: number; readonly wrapped?: "end" | "start" } | undefined | "unknown";

/** The match that is wanted; `unknown` while too little has been looked at. */
function find(view: LogView, matches: Matches, { which, from }: Wanted): Found {
  const least = matches.rank(sightOf(view).first);
  const match = (place: number): number | undefined => (place < least ? undefined : matches.at(place));
  const isLookedToEnd = matches.looked()[1] >= view.source.end();
  const below = match(Math.max(least, matches.rank(which === "near" ? from : from + 1)));
  const above = match(matches.rank(from) - 1);
  if (which !== "previous" && below !== undefined) return { line: below };
  if (!isLookedToEnd) return "unknown";
  if (which !== "next" && above !== undefined) return { line: above };
  if (!matches.isDone()) return "unknown";
  const [line, wrapped] =
    which === "next" ? ([match(least), "end"] as const) : ([match(matches.count() - 1), "start"] as const);
  return line === undefined ? undefined : { line, wrapped };
}
