// The first line: the project, how its services are, what they use, the time.

import { nameCrashes } from "../../core/crash.ts";
import type { Fleet } from "../../core/state.ts";
import { standingOf, wordOf, words } from "../../core/word.ts";
import type { Usage } from "../host.ts";
import { clock, memory, percent } from "./figures.ts";
import { fit, lineWidth, spread } from "./fit.ts";
import { type Line, type Span, span } from "./line.ts";
import type { Marks } from "./marks.ts";
import { toneOf } from "./state-words.ts";

/** With fewer columns the header leaves a crash to its row. */
const leastForCrash = 24;

/** What the header is made from. */
export interface HeaderFacts {
  readonly project: string;
  readonly instance: string;
  readonly fleet: Fleet;
  readonly usage: Readonly<Record<string, Usage>>;
  /** Wall clock, milliseconds since the epoch. */
  readonly time: number;
  /** Open conflicts that no dialog shows, and the key that does. */
  readonly conflicts: { readonly count: number; readonly key: string };
  readonly marks: Marks;
  readonly columns: number;
}

/** The header in so many columns. */
export function headerLine(facts: HeaderFacts): Line {
  const { project, instance, fleet, usage, time, columns } = facts;
  const wide = columns >= 100;
  const gap = span(wide ? "   " : "  ");
  const name = instance === "default" ? project : `${project}/${instance}`;
  const left: Span[] = [span(wide ? " launch  " : " "), span(name, "strong"), gap];
  const counts = countStates(fleet);
  const all = Object.keys(fleet.members).length;
  if (wide) left.push(span(all === 1 ? "1 service" : `${all} services`), span("  "));
  left.push(
    ...counts.flatMap(({ text, tone }, index) => (index === 0 ? [span(text, tone)] : [span("  "), span(text, tone)])),
  );
  if (fleet.outcome !== undefined) left.push(span("  ending", "warn"));
  if (facts.conflicts.count > 0) {
    const { count, key } = facts.conflicts;
    left.push(span(`  ${count === 1 ? "1 conflict" : `${count} conflicts`}: press ${key}`, "bad"));
  }
  const used = Object.values(usage);
  const cpu = percent(used.reduce((sum, one) => sum + one.cpu, 0));
  const held = memory(used.reduce((sum, one) => sum + one.memory, 0));
  const short = clock(time).slice(0, 5);
  const rights = [`cpu ${cpu}  mem ${held}      ${clock(time)} `, `${cpu}  ${short} `, ` ${short} `, ""];
  const right = rights.find((text, index) => (wide || index > 0) && lineWidth(left) + text.length + 1 <= columns) ?? "";
  left.push(...crashWords(fleet, columns - lineWidth(left) - right.length - 2, facts.marks));
  return spread(left, [span(right)], columns);
}

/** How many are up, on their way, in trouble, in words: `10 ok`, `1 starting`, `1 failed`. */
function countStates(fleet: Fleet): readonly Span[] {
  const counts = new Map<string, { count: number; tone: Span["tone"] }>();
  for (const member of Object.values(fleet.members)) {
    const word = wordOf(member);
    const counted = standingOf(word) === "well" ? "ok" : word;
    counts.set(counted, { count: (counts.get(counted)?.count ?? 0) + 1, tone: toneOf(word) });
  }
  return ["ok", ...words].flatMap((word) => {
    const found = counts.get(word);
    return found === undefined ? [] : [span(`${found.count} ${word}`, found.tone)];
  });
}

/** What the first service that is crashing goes through, where there is room for it. */
function crashWords(fleet: Fleet, room: number, marks: Marks): readonly Span[] {
  const member = Object.values(fleet.members).find((one) => wordOf(one) === "crashing");
  if (member?.crashes === undefined || room < leastForCrash) return [];
  const said = member.lastWords === undefined ? "" : `: ${member.lastWords}`;
  const text = `${member.service.name}: ${nameCrashes(member.crashes)}${said}`;
  return [span("   "), span(fit(text, room - 3, "left", marks.ellipsis).trimEnd(), "bad")];
}
