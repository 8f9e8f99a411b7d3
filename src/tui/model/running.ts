// What still lives of a run.

import { type Fleet, isActive } from "../../core/state.ts";

/** The services of which something may live. */
export function runningServices(fleet: Fleet): readonly string[] {
  return Object.values(fleet.members).flatMap((member) =>
    isActive(member.state) && member.service.type !== "external" && !member.adopted ? [member.service.name] : [],
  );
}
