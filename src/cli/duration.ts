// Durations as they are typed on the command line, in the manifest's own form.

import { durationPattern, parseDuration } from "../manifest/duration.ts";
import { UsageError } from "./usage-error.ts";

/** Milliseconds of a duration that was typed; throws a `UsageError` that names the option. */
export function durationOf(option: string, text: string): number {
  if (durationPattern.test(text)) return parseDuration(text);
  throw new UsageError(`${option} wants a duration such as 90s, 5m or 1m30s, not "${text}".`);
}
