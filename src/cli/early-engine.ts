// The process that is to be the engine, started before anything else is known: while this process finds out what is asked of it,
// that one loads launch and reads the manifest, and then waits to be told to go. Kept small; the entry loads it first of all.

import type { ChildProcess } from "node:child_process";

import { environmentOfOwn } from "../effects/processes/inheritance.ts";

/** The descriptor on which an engine finds the face that started it. */
export const lifelineDescriptor = 3;

/** What an engine is told when it is to begin. Told nothing, it goes without having done anything. */
export interface Go {
  /** A person at the face that started it answers conflicts, or it is to be left alone. */
  readonly kind: "watched" | "detached";
  readonly colors: boolean;
}

/** Starts a process that will be the engine with the arguments of this command. */
export function spawnEngine(): ChildProcess {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const [, script = "", ...typed] = process.argv;
  // A session of its own: neither Ctrl-C nor the closing of this terminal is meant for it.
  return spawn(process.execPath, [...process.execArgv, script, ...typed, "--engine"], {
    env: environmentOfOwn(),
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
}

/** The commands that need no engine: all but `up`. */
export const commandWords: readonly string[] =
  "attach status logs start stop restart why notify down run graph env conflicts ports available kill schema".split(
    " ",
  );
const others = new Set([...commandWords, "help", "completion"]);
const withoutDashboard =
  /^(?:--(?:check-only|non-interactive|json|plain|screen-reader|help|version|engine|reclaim)(?:=.*)?|-[A-Za-z]*[hV])$/;

/** True when these arguments will most likely need an engine: a start in a terminal, or one in the background. */
export function mayNeedEngine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  const isInBackground = args.some((arg) => /^(?:-[A-Za-z]*[dD]|--detach|--wait)$/.test(arg));
  const isPlain = !isTerminal || env["TERM"] === "dumb" || !["", "false", undefined].includes(env["CI"]);
  return !args.some((arg) => others.has(arg) || withoutDashboard.test(arg)) && (isInBackground || !isPlain);
}
