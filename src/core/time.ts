// When the rules want to be woken, because the passing of time alone would change something.

import { steadyAt } from "./crash.ts";
import type { Millis } from "./service.ts";
import type { Fleet, Member } from "./state.ts";
import { isGoingDown } from "./state.ts";

/** The earliest monotonic time at which a `woke` would change something; undefined: none. */
export function nextDeadline(fleet: Fleet): Millis | undefined {
  if (fleet.ended) return undefined;
  const times = Object.values(fleet.members).flatMap((member) => memberDeadline(fleet, member) ?? []);
  const { upBy } = fleet.rules;
  if (upBy !== undefined && !fleet.arrived && fleet.outcome === undefined) {
    // Nothing wanted yet: there is nothing to be late.
    if (Object.values(fleet.members).some((member) => member.wanted)) times.push(upBy);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The time at which waiting for this member is over, or it counts as steady again; undefined: there is none. */
export function memberDeadline(fleet: Fleet, member: Member): Millis | undefined {
  const { state, service, slow, crashes } = member;
  switch (state.status) {
    case "stopping":
      return state.deadline;
    case "backoff":
      return state.until;
    case "started":
      // What goes down waits for its dependents alone.
      if (service.type === "task" || slow || isGoingDown(member)) return undefined;
      return Math.max(state.since + service.ready.timeout, member.extendedTo ?? 0);
    case "ready":
      return steadyAt(state, crashes);
    case "idle":
    case "blocked":
    case "starting":
    case "exited":
    case "failed":
      return undefined;
  }
}
