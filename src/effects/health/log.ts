// The log probe: a pattern found in a line of this run's output. Whoever tails the log shows every batch to the match, from
// the first one on, so that no line is missed and nobody listens twice.

import { linesOf } from "../logs/lines.ts";
import { plainText } from "../../core/sanitize.ts";
import type { LogMatch, ProbeResult } from "./subject.ts";

/** Looks for the regular expression in each line, colours removed; throws a `SyntaxError` for a bad one. */
export function matchLog(pattern: string): LogMatch {
  const expression = new RegExp(pattern);
  const waiting = new Set<() => void>();
  let found = false;
  return {
    see: (batch) => {
      if (found || batch.origin === "launch") return;
      for (const line of linesOf(batch)) {
        if (!expression.test(plainText(line.text))) continue;
        found = true;
        for (const tell of waiting) tell();
        return;
      }
    },
    found: () => found,
    matched: (signal) =>
      new Promise((resolve) => {
        const tell = (): void => {
          waiting.delete(tell);
          signal.removeEventListener("abort", tell);
          resolve();
        };
        if (found || signal.aborted) return resolve();
        waiting.add(tell);
        signal.addEventListener("abort", tell);
      }),
  };
}

/** Whether the pattern was found so far. */
export function probeLog(pattern: string, match: LogMatch | undefined): ProbeResult {
  return match?.found() === true ? { ok: true } : { ok: false, reason: `no line matched /${pattern}/` };
}
