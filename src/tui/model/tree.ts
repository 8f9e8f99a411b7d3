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
  const visit = (name: string, stem: string, need: Need | undefined, isLast = true): void => {
    const member = fleet.members[name];
    if (member === undefined) return;
    const again = seen.has(name) && member.service.needs.length > 0;
    seen.add(name);
    const state = stateWord(member);
    lines.push([
      span(name === selected ? chosen : "  ", "strong"),
      span(need === undefined ? "" : `   ${stem}${isLast ? marks.branch : marks.fork} `, "dim"),
      span(name, name === selected ? "strong" : undefined),
      span("  "),
      state,
      span(need === undefined ? "" : needWords(fleet, need), "dim"),
      span(again ? `  (see above)` : "", "dim"),
    ]);
    if (again) return;
    const below = need === undefined ? "" : `${stem}${isLast ? " " : marks.pipe}  `;
    const needs = member.service.needs.filter((next) => fleet.members[next.service] !== undefined);
    for (const [index, next] of needs.entries()) visit(next.service, below, next, index === needs.length - 1);
  };
  const names = Object.keys(fleet.members);
  for (const name of names.filter((name) => dependentsOf(fleet, name).length === 0)) visit(name, "", undefined);
  return lines;
}

function needWords(fleet: Fleet, need: Need): string {
  const state = needState(fleet, need);
  const open = { met: [], pending: ["not yet"], hopeless: ["cannot be met"] }[state];
  const extra = [...open, ...(need.required ? [] : ["optional"]), ...(need.restart ? ["restarts with it"] : [])];
  // That all is as it should be needs no words.
  return extra.length === 0 ? "" : `  needed ${need.condition}: ${extra.join(", ")}`;
}
