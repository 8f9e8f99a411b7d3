// `depends_on:` -> needs. Whether the named services exist, and whether they go in a circle, is the plan's to say.

import type { Condition, Need, RestartPolicy, ServiceType } from "../../core/service.ts";
import type { Problem } from "../problem.ts";
import type { ServiceInput } from "../schema.ts";
import { keyPlaceAt, placeAt } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** A need whose condition may still depend on what kind of service it names. */
export type OpenNeed = Omit<Need, "condition"> & { readonly condition: Condition | undefined };

/** The needs as written, in the manifest's order. */
export function resolveNeeds(input: ServiceInput["depends_on"], saying: Saying): readonly OpenNeed[] {
  if (input === undefined) return [];
  if (Array.isArray(input)) {
    return input.map((service, index) => ({
      service,
      condition: undefined,
      required: true,
      restart: false,
      place: placeAt(saying, ["depends_on", index]),
    }));
  }
  return Object.entries(input).map(([service, need]) => {
    const map = typeof need === "string" ? { condition: need } : (need ?? {});
    const { condition, required = true, restart = false } = map;
    const written = placeAt(saying, ["depends_on", service, ...(typeof need === "object" ? ["condition"] : [])]);
    const place = condition === undefined ? keyPlaceAt(saying, ["depends_on", service]) : written;
    return { service, condition, required, restart, place };
  });
}

/** What a need must know of the service that it names. */
export interface Needed {
  readonly type: ServiceType;
  readonly restart: RestartPolicy;
}

/** The needs with their conditions, judged against the services they name; unknown names count as services. */
export function settleNeeds(
  needs: readonly OpenNeed[],
  services: ReadonlyMap<string, Needed>,
  problems: Problem[],
): readonly Need[] {
  return needs.map((need) => {
    const needed = services.get(need.service);
    const isTask = needed?.type === "task";
    const condition = need.condition ?? (isTask ? "completed" : "ready");
    if (isTask && condition === "ready") {
      const message = `${need.service} is a task: it is never ready, it completes`;
      problems.push({ place: need.place, message, remedy: 'Write "completed".' });
    }
    if (condition === "completed" && needed !== undefined && !isTask && mayRunOn(needed)) {
      const message = `${need.service} never completes: ${needed.type === "external" ? "it runs elsewhere" : "it is restarted when it ends"}`;
      const remedy = `Write "ready", or give ${need.service} \`type: task\` or \`restart: no\`.`;
      problems.push({ place: need.place, message, remedy: needed.type === "external" ? 'Write "ready".' : remedy });
    }
    return { ...need, condition };
  });
}

function mayRunOn(service: Needed): boolean {
  return service.type === "external" || service.restart.policy !== "no";
}
