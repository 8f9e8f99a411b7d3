// When the rules want to be woken, because the passing of time alone would change something.

import type { Millis } from "./service.ts";
import type { Fleet, Member } from "./state.ts";

/** The earliest monotonic time at which a `woke` would change something; undefined: none. */
export function nextDeadline(fleet: Fleet): Millis | undefined {
  if (fleet.ended) return undefined;
  const times = Object.values(fleet.members).flatMap((member) => memberDeadline(fleet, member) ?? []);
  if (fleet.rules.upBy !== undefined && !fleet.wasUp && fleet.outcome === undefined) times.push(fleet.rules.upBy);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The time at which waiting for this member is over; undefined: it is not waited for, or without a limit. */
export function memberDeadline(fleet: Fleet, { state, service, slow }: Member): Millis | undefined {
  switch (state.status) {
    case "stopping":
      return state.deadline;
    case "backoff":
      return state.until;
    case "started":
      return service.type === "task" || (slow && fleet.rules.patient) ? undefined : state.since + service.ready.timeout;
    case "idle":
    case "blocked":
    case "starting":
    case "ready":
    case "exited":
    case "failed":
      return undefined;
  }
}
