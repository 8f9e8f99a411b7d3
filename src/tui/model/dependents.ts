// Who would feel it when a service is stopped or restarted.

import { dependentsOf } from "../../core/needs.ts";
import { type Fleet, isActive } from "../../core/state.ts";

/** The service and all that need it, directly or through others, itself first. */
export function withDependents(fleet: Fleet, name: string): readonly string[] {
  const found = new Set([name]);
  for (const next of found) for (const { service } of dependentsOf(fleet, next)) found.add(service.name);
  return [...found];
}

/** Those running now that need the service, directly or through others. */
export function runningDependents(fleet: Fleet, name: string): readonly string[] {
  return withDependents(fleet, name)
    .slice(1)
    .filter((other) => {
      const member = fleet.members[other];
      return member !== undefined && isActive(member.state);
    });
}

/** The services of which something may live. */
export function runningServices(fleet: Fleet): readonly string[] {
  return Object.values(fleet.members).flatMap((member) =>
    isActive(member.state) && member.service.type !== "external" && !member.adopted ? [member.service.name] : [],
  );
}
