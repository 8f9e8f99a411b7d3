// The log probe: a pattern found in a line of this run's output. Whoever tails the log shows every batch to the match, from
// the first one on, so that no line is missed and nobody listens twice.

import { linesOf } from "../logs/lines.ts";
import { newPattern } from "../pattern.ts";
import { plainText } from "../../core/sanitize.ts";
import { newSign } from "./sign.ts";
import type { LogMatch, ProbeResult } from "./subject.ts";

/** Looks for the regular expression in each line, colours removed; throws a `SyntaxError` for a bad one. */
export function matchLog(pattern: string): LogMatch {
  const expression = newPattern(pattern);
  const found = newSign();
  return {
    see: (batch) => {
      if (found.given() || batch.origin === "launch") return;
      for (const line of linesOf(batch)) if (expression.test(plainText(line.text))) return found.give();
    },
    found,
  };
}

/** Whether the pattern was found so far. */
export function probeLog(pattern: string, match: LogMatch | undefined): ProbeResult {
  return match?.found.given() === true ? { ok: true } : { ok: false, reason: `no line matched /${pattern}/` };
}
