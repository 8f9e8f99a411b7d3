// How much is kept of what a service writes.

import type { LogPolicy } from "../../core/service.ts";
import { parseDuration } from "../duration.ts";
import type { ServiceInput } from "../schema.ts";
import { defaults } from "../schema/defaults.ts";
import { parseSize } from "../size.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** The least that a log may be bounded to: less would be rotation all the time. */
const least = 64 * 1000;

/** The policy, with what is not said filled in. */
export function resolveLogs(input: ServiceInput["logs"], saying: Saying): LogPolicy {
  const maxSize = parseSize(input?.max_size ?? defaults.logs.maxSize);
  if (maxSize < least) report(saying, ["logs", "max_size"], "a log cannot be bounded to less than 64kB");
  return {
    maxSize,
    ...(input?.max_age !== undefined && input.max_age !== 0 && { maxAge: parseDuration(input.max_age) }),
    keep: input?.keep ?? defaults.logs.keep,
  };
}
