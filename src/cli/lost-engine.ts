// What is said of an engine that died by itself, where its run was watched: how, its last words, and what becomes of the run.

import type { About } from "../control/protocol.ts";
import { isRunComing } from "../effects/state/former.ts";
import { keepTrace } from "./engine-log.ts";

/** The end of a process that was our child. */
export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it had written to stderr. */
  readonly words: string;
}

/** So much of an engine's last words is shown. */
const mostLines = 12;
const longestLine = 200;

/** Sentences for the terminal; `death` is undefined where the engine was not our child. What is known of it is kept in `engine.log` too. */
export function lostWords({ project, pid }: About, directory: string, death: Death | undefined): string {
  const engine = `The engine of ${project} (pid ${pid}) ${howItDied(death)}`;
  const last = lastWords(death?.words ?? "");
  const said = last === "" ? "" : `\nIts last words:\n${last}`;
  const isOn = isRunComing(directory);
  if (death !== undefined) keepTrace(directory, `${engine}.${said}`);
  const then = isOn
    ? ". Another goes on in its place: launch attach, launch status."
    : ", and what it had started is ended.";
  return `${engine}${then}${said}`;
}

function howItDied(death: Death | undefined): string {
  if (death === undefined) return "was killed";
  if (death.signal === null) return `ended with exit code ${death.code ?? "unknown"}`;
  return death.signal === "SIGKILL" ? "was killed by SIGKILL" : `died by ${death.signal}`;
}

/** The last lines of a text, indented, without the addresses that V8 lists below what it has to say. */
export function lastWords(text: string): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s*\d+: 0x[0-9a-f]|^-+ Native stack trace -+$/.test(line))
    .slice(-mostLines)
    .map((line) => `  ${line.trimEnd().slice(0, longestLine)}`)
    .join("\n");
}
