// Laws of the rules as a function: the same in, the same out, nothing changed, no move left, no old news believed.

import { isDeepStrictEqual as same } from "node:util";
import { isActive } from "../../src/core/state.ts";
import type { Law } from "./law.ts";

/** News of a former run, or of one that is over, changes nothing. */
export const ignoresFormerRuns: Law = (_, rulebook) => ({
  onStep: ({ event, before, after, effects }) => {
    if (!("run" in event) || event.run === undefined) return undefined;
    const member = before.members[event.service]!;
    if (event.run === member.run && isActive(member.state)) return undefined;
    const { at, random } = event;
    const nothing = rulebook(before, { type: "up", services: [], at, random });
    return same(nothing.fleet, after) && same(nothing.effects, effects)
      ? undefined
      : `${event.type} of run ${event.run} of ${event.service} was taken for news`;
  },
});

/** The same event on the same fleet gives the same step. */
export const isDeterministic: Law = (_, rulebook) => ({
  onStep: ({ event, before, after, effects }) =>
    same(rulebook(before, event), { fleet: after, effects }) ? undefined : `${event.type} came out differently`,
});

/** No value that went in or came out is ever changed. */
export const neverMutates: Law = (_, rulebook) => ({
  onStep: ({ event, before }) => {
    try {
      rulebook(frozen(before), frozen(event));
      return undefined;
    } catch (error) {
      return `${event.type} threw ${String(error)}`;
    }
  },
});

/** Once a step is made, no move is left to be made at that time. */
export const leavesNoMove: Law = (_, rulebook) => ({
  onStep: ({ event, after }) => {
    const { at, random } = event;
    const again = rulebook(after, { type: "up", services: [], at, random });
    if (again.effects.length > 0 || again.fleet !== after) return `${event.type} left a move to be made`;
    if (event.type !== "woke") return undefined;
    const woken = rulebook(after, event);
    return woken.effects.length > 0 || woken.fleet !== after ? "waking twice at one time changed something" : undefined;
  },
});

function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}
