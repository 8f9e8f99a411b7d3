// What a manifest says about a service to people.

import type { Service } from "./service.ts";

/** `REST and WebSocket API, version 1.2.0, production`; empty when nothing is said. */
export function aboutWords({
  description,
  version,
  label,
}: Pick<Service, "description" | "version" | "label">): string {
  return [description, version === undefined ? undefined : `version ${version}`, label].filter(Boolean).join(", ");
}
