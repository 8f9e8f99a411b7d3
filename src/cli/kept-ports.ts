// The ports that services keep from one run to the next.

import type { Service } from "../core/service.ts";
import type { KeptPorts, State } from "../effects/state/state.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** The ports that services have where this run does not start them: as in the last run, else the preferred ones. */
export function likelyPorts(services: readonly Service[], kept: State): KeptPorts {
  return Object.fromEntries(
    services.map(({ name, endpoints }) => {
      const preferred = endpoints.flatMap((endpoint) =>
        endpoint.preferred === undefined ? [] : [[endpoint.name, endpoint.preferred]],
      );
      return [name, { ...Object.fromEntries(preferred), ...kept.ports[name] }];
    }),
  );
}

/**
 * The ports that the next run tries first: what the pool or the system gave, what was moved because another project was
 * there, and what somebody said to remember. A preferred port needs no remembering, and one moved away from a stranger goes
 * back to the preferred one.
 */
export function portsToKeep(supervisor: Supervisor, kept: State, remembered: ReadonlySet<string>): KeptPorts {
  const ports: Record<string, Record<string, number>> = structuredClone(kept.ports);
  for (const { service, ports: now } of Object.values(supervisor.snapshot().members)) {
    if (service.type === "external") continue;
    const own = (ports[service.name] ??= {});
    for (const { name, preferred } of service.endpoints) {
      const port = now[name];
      if (port === undefined) continue;
      if (port === preferred) delete own[name];
      else if (preferred === undefined || remembered.has(service.name)) own[name] = port;
    }
    if (Object.keys(own).length === 0) delete ports[service.name];
  }
  return ports;
}
