// The last lines of what did not come up: the reason is often there, and far above in what was printed since.

import { plainText } from "../core/sanitize.ts";
import { type Fleet, hasFailed, type Outcome } from "../core/state.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Face } from "./face.ts";

/** Of more services than this nobody reads the lines. */
const most = 5;

/** Says them, at most `shown` of each, before the last word about the run. */
export function sayLastLines(face: Face, supervisor: Supervisor, outcome: Outcome, shown = 10): void {
  for (const name of missing(supervisor.snapshot(), outcome).slice(0, most)) {
    const text = lastLinesText(`${name} (${supervisor.output.path(name)})`, supervisor.output.lastOfRun(name, shown));
    if (text !== "") face.writer.say(text);
  }
}

/** The lines under whose they are; empty where there are none. */
export function lastLinesText(whose: string, lines: readonly string[]): string {
  return lines.length === 0
    ? ""
    : `last lines of ${whose}:\n${lines.map((line) => `  ${plainText(line)}`).join("\n")}\n`;
}

/** What failed, crashed, or was not ready in time. */
function missing({ members }: Fleet, outcome: Outcome): readonly string[] {
  const late = outcome.kind === "timeout" ? outcome.waiting : [];
  return Object.values(members).flatMap((member) => {
    const { name } = member.service;
    return hasFailed(member) || member.crashes !== undefined || late.includes(name) ? [name] : [];
  });
}
