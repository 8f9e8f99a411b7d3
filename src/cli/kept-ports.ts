// The ports that services keep from one run to the next.

import type { PortPool, Service } from "../core/service.ts";
import type { Member } from "../core/state.ts";
import type { KeptPorts, State } from "../effects/state/state.ts";
import { wishOf } from "../plan/ports.ts";

type Kept = Pick<State, "ports" | "wishes">;

/** The ports that services had, as far as the manifest still wishes for what they were given for. */
export function rememberedPorts(services: readonly Service[], pool: PortPool, { ports, wishes = {} }: Kept): KeptPorts {
  return Object.fromEntries(
    services.map((service) => {
      const isStillMeant = ([name]: readonly [string, number]): boolean => {
        const endpoint = service.endpoints.find((one) => one.name === name);
        const wish = wishes[service.name]?.[name];
        return endpoint !== undefined && (wish === undefined || wish === wishOf(service, endpoint, pool));
      };
      return [service.name, Object.fromEntries(Object.entries(ports[service.name] ?? {}).filter(isStillMeant))];
    }),
  );
}

/** The ports that services have where this run does not start them: as in the last run, else the preferred ones. */
export function likelyPorts(services: readonly Service[], remembered: KeptPorts): KeptPorts {
  return Object.fromEntries(
    services.map(({ name, endpoints }) => {
      const preferred = endpoints.flatMap((endpoint) =>
        endpoint.preferred === undefined ? [] : [[endpoint.name, endpoint.preferred]],
      );
      return [name, { ...Object.fromEntries(preferred), ...remembered[name] }];
    }),
  );
}

/**
 * The ports that the next run tries first: what the pool or the system gave, what was moved because another project was
 * there, and what somebody said to remember. A preferred port needs no remembering, and one moved away from a stranger goes
 * back to the preferred one. Services that are not of this run keep theirs.
 */
export function portsToKeep(
  members: readonly Pick<Member, "service" | "ports">[],
  pool: PortPool,
  kept: Kept,
  toRemember: ReadonlySet<string>,
): Required<Kept> {
  const ports: Record<string, Record<string, number>> = structuredClone(kept.ports);
  const wishes: Record<string, Record<string, string>> = structuredClone(kept.wishes ?? {});
  const own = members.filter(({ service }) => service.type !== "external");
  const remembered = rememberedPorts(
    own.map(({ service }) => service),
    pool,
    kept,
  );
  for (const { service, ports: now } of own) {
    const meant: Record<string, number> = { ...remembered[service.name] };
    for (const { name, preferred } of service.endpoints) {
      const port = now[name];
      if (port === undefined) continue;
      if (port === preferred) delete meant[name];
      else if (preferred === undefined || toRemember.has(service.name)) meant[name] = port;
    }
    delete ports[service.name];
    delete wishes[service.name];
    if (Object.keys(meant).length === 0) continue;
    ports[service.name] = meant;
    wishes[service.name] = Object.fromEntries(
      service.endpoints.flatMap((endpoint) =>
        meant[endpoint.name] === undefined ? [] : [[endpoint.name, wishOf(service, endpoint, pool)]],
      ),
    );
  }
  return { ports, wishes };
}
