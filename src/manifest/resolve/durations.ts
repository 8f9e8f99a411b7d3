// Durations that a timer can wait.

import type { Millis } from "../../core/service.ts";
import { longest, parseDuration } from "../duration.ts";
import type { Path } from "../tree.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** Milliseconds; longer than a timer can wait is told as a problem. */
export function resolveDuration(text: string | 0, path: Path, saying: Saying): Millis {
  const ms = parseDuration(text);
  if (ms <= longest) return ms;
  report(saying, path, "no wait can be longer than 24 days");
  return longest;
}
