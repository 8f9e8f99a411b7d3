// The log probe: a pattern found in a line of this run's output. Whoever tails the log shows every batch to the match, from
// the first one on, so that no line is missed and nobody listens twice.

import { type Line, lineBound, linesOf } from "../logs/lines.ts";
import { newPattern } from "../pattern.ts";
import { plainText } from "../../core/sanitize.ts";
import { newSign } from "./sign.ts";
import type { LogMatch, ProbeResult } from "./subject.ts";

/** Looks for the regular expression in each line, colours removed, until it was in `wanted` lines; throws a `SyntaxError` for a bad one. */
export function matchLog(pattern: string, wanted = 1): LogMatch {
  const expression = newPattern(pattern);
  const found = newSign();
  let matched = 0;
  /** What has been seen of the latest line, and whether that counts already. */
  let line = "";
  let isCounted = false;

  const look = ({ text, continued }: Line): void => {
    line = continued && line.length < lineBound ? line + text : text;
    isCounted &&= continued;
    if (isCounted || !expression.test(plainText(line))) return;
    isCounted = true;
    if (++matched >= wanted) found.give();
  };

  return {
    see: (batch) => {
      if (found.given() || batch.origin === "launch") return;
      for (const each of linesOf(batch)) {
        look(each);
        if (found.given()) return;
      }
    },
    matched: () => matched,
    found,
  };
}

/** Whether the pattern was found so far. */
export function probeLog(pattern: string, match: LogMatch | undefined): ProbeResult {
  if (match?.found.given() === true) return { ok: true };
  const matched = match?.matched() ?? 0;
  const lines = matched === 0 ? "no line" : matched === 1 ? "only 1 line" : `only ${matched} lines`;
  return { ok: false, reason: `${lines} matched /${pattern}/` };
}
