// Why a pane is empty, in words: a silent blank leaves a person to guess.

import { explain } from "../../core/explain.ts";
import type { Millis } from "../../core/service.ts";
import type { Fleet, Member } from "../../core/state.ts";
import type { Action } from "./actions.ts";
import type { LogPane } from "./log-pane.ts";

/** What is known besides the pane. */
export interface EmptyFacts {
  readonly fleet: Fleet;
  readonly at: Millis;
  /** The key of an action, as it is shown. */
  keyOf(action: Action): string;
}

/** Why the log pane has no line; `member` is the service that it is about, undefined for all. */
export function emptyLog({ view }: LogPane, member: Member | undefined, facts: EmptyFacts): string {
  const { keyOf } = facts;
  const { filter } = view;
  const hasLines = view.source.end() > view.source.first();
  if (view.cleared !== undefined && hasLines) {
    return `the view was cleared, and nothing was written since; ${keyOf("clear")} shows what was before`;
  }
  if (filter !== undefined && hasLines) {
    if (!filter.matches.isDone()) return "looking for lines that the filter lets through";
    const level = filter.level === "all" ? [] : [`is at least as serious as ${filter.level}`];
    const text = filter.text === "" ? [] : [`fits the filter ${filter.text}`];
    return `no line ${[...text, ...level].join(" and ")}; Esc shows all`;
  }
  if (member === undefined) return "no service has printed anything since this dashboard came";
  const { name, type } = member.service;
  if (type === "external") return `${name} runs elsewhere: launch has no log of it`;
  if (member.adopted) return `somebody else's process serves as ${name}: launch has no log of it`;
  if (member.run > 0) return `${name} has printed nothing yet`;
  return `${name} has not been started: it ${explain(facts.fleet, name, facts.at).text}`;
}
