// Needs that nobody wrote down: a dynamic port is known only once its service has it, so whoever is told that port waits.

import type { Need, Service } from "../core/service.ts";
import { portUsers } from "./port-users.ts";

/** The services with a need for every dynamic port that they are told. What is written down stays as it is. */
export function withImpliedNeeds(services: readonly Service[]): readonly Service[] {
  const dynamic = new Set(services.filter(isDynamic).map((service) => service.name));
  if (dynamic.size === 0) return services;
  const users = portUsers(services);
  return services.map((service) => {
    const needed = new Set(service.needs.map((need) => need.service));
    const implied = [...(users.get(service.name) ?? [])].filter((name) => dynamic.has(name) && !needed.has(name));
    return implied.length === 0
      ? service
      : { ...service, needs: [...service.needs, ...implied.map((name) => impliedNeed(service, name))] };
  });
}

function isDynamic({ endpoints }: Service): boolean {
  return endpoints.some((endpoint) => endpoint.source === "dynamic");
}

function impliedNeed({ place }: Service, service: string): Need {
  return { service, condition: "ready", required: true, restart: false, place };
}
