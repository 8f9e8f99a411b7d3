// The first line: the project, how its services are, what they use, the time.

import type { Fleet } from "../../core/state.ts";
import type { Usage } from "../host.ts";
import { clock, memory, percent } from "./figures.ts";
import { lineWidth, spread } from "./fit.ts";
import { type Line, type Span, span } from "./line.ts";
import { stateWord } from "./state-words.ts";

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
  return spread(left, [span(right)], columns);
}

/** How many are up, on their way, in trouble, in words: `10 ok`, `1 starting`, `1 failed`. */
function countStates(fleet: Fleet): readonly Span[] {
  const counts = new Map<string, { count: number; tone: Span["tone"] }>();
  const groups: Readonly<Record<string, string>> = {
    ready: "ok",
    adopted: "ok",
    external: "ok",
    unverified: "ok",
    completed: "ok",
    exited: "ok",
    running: "starting",
    killing: "stopping",
  };
  for (const member of Object.values(fleet.members)) {
    const { text, tone } = stateWord(member);
    const word = groups[text] ?? text;
    counts.set(word, { count: (counts.get(word)?.count ?? 0) + 1, tone });
  }
  const order = [
    "ok",
    "starting",
    "waiting",
    "unhealthy",
    "blocked",
    "backoff",
    "failed",
    "stopping",
    "skipped",
    "idle",
  ];
  return order.flatMap((word) => {
    const found = counts.get(word);
    return found === undefined ? [] : [span(`${found.count} ${word}`, found.tone)];
  });
}
