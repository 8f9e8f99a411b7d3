// The log probe: a pattern found in a line of this run's output. Whoever tails the log shows every batch to the match, from
// the first one on, so that no line is missed and nobody listens twice.

import { type LineBatch, linesOf } from "../logs/lines.ts";
import { plainText } from "../logs/sanitize.ts";
import type { ProbeResult } from "./probe.ts";

/** A pattern on its way through the output of one run. */
export interface LogMatch {
  /** Looks through a batch; does nothing once something was found. */
  readonly see: (batch: LineBatch) => void;
  readonly found: () => boolean;
  /** Resolves as soon as a line has matched, or when the signal is aborted. */
  readonly matched: (signal: AbortSignal) => Promise<void>;
}

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
