// What a manifest says about a service to people.

import type { Service } from "./service.ts";
import type { Environment } from "./session.ts";

/** `REST and WebSocket API, version 1.2.0, production`; empty when nothing is said. */
export function aboutWords({
  description,
  version,
  label,
}: Pick<Service, "description" | "version" | "label">): string {
  return [description, version === undefined ? undefined : `version ${version}`, label].filter(Boolean).join(", ");
}

/** The names in an environment, those that the manifest sets first; what is only handed on is counted. */
export function environmentWords({ manifest, launch, inherited }: Environment): string {
  return [
    ...(manifest.length === 0 ? [] : [`${manifest.join(" ")} (from the manifest)`]),
    ...(launch.length === 0 ? [] : [`${launch.join(" ")} (from launch)`]),
    ...(inherited.length === 0 ? [] : [`and ${inherited.length} inherited`]),
  ].join(", ");
}
