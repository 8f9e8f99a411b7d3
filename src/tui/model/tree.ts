// The dependency tree: what nobody needs at the left, what each needs below it, with states.

import { dependentsOf, needState } from "../../core/needs.ts";
import type { Need } from "../../core/service.ts";
import type { Fleet } from "../../core/state.ts";
import { type Line, span } from "./line.ts";
import type { Marks } from "./marks.ts";
import { stateWord } from "./state-words.ts";

/** What marks the selected service. */
export const chosen = "> ";

/** The tree as lines; a service that stands in several places has what it needs below the first alone. */
export function treeLines(fleet: Fleet, selected: string, marks: Marks): readonly Line[] {
  const seen = new Set<string>();
  const lines: Line[] = [];
  const visit = (name: string, depth: number, need: Need | undefined): void => {
    const member = fleet.members[name];
    if (member === undefined) return;
    const again = seen.has(name) && member.service.needs.length > 0;
    seen.add(name);
    const state = stateWord(member);
    lines.push([
      span(name === selected ? chosen : "  ", "strong"),
      span(`${"   ".repeat(depth)}${depth === 0 ? "" : `${marks.branch} `}`, "dim"),
      span(name, name === selected ? "strong" : undefined),
      span("  "),
      state,
      span(need === undefined ? "" : `  ${needWords(fleet, need)}`, "dim"),
      span(again ? `  (see above)` : "", "dim"),
    ]);
    if (!again) for (const next of member.service.needs) visit(next.service, depth + 1, next);
  };
  const names = Object.keys(fleet.members);
  for (const name of names.filter((name) => dependentsOf(fleet, name).length === 0)) visit(name, 0, undefined);
  return lines;
}

function needWords(fleet: Fleet, need: Need): string {
  const state = needState(fleet, need);
  const met = state === "met" ? "met" : state === "pending" ? "not yet" : "cannot be met";
  const extra = `${need.required ? "" : ", optional"}${need.restart ? ", restarts with it" : ""}`;
  return `needed ${need.condition}: ${met}${extra}`;
}
