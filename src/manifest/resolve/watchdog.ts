// `watchdog:` -> milliseconds.

import type { Millis, ServiceType } from "../../core/service.ts";
import type { ServiceInput } from "../schema.ts";
import { resolveDuration } from "./durations.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** How long a service may be silent; undefined: as long as it likes. */
export function resolveWatchdog(input: ServiceInput, type: ServiceType, saying: Saying): Millis | undefined {
  if (input.watchdog === undefined) return undefined;
  if (type !== "service") {
    report(saying, ["watchdog"], "a watchdog is for what launch keeps running", "Remove it.");
    return undefined;
  }
  const limit = resolveDuration(input.watchdog, ["watchdog"], saying);
  if (limit > 0) return limit;
  report(saying, ["watchdog"], "a watchdog needs some time", "Write a duration such as 10s, or remove it.");
  return undefined;
}
