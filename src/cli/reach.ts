// The run that is going in this project, reached from a command beside it.

import { dirname, resolve } from "node:path";
import { dialSession, type RemoteSession } from "../client/session.ts";
import { now, sleep } from "../effects/clock.ts";
import { type StatePaths, statePaths } from "../effects/state/directory.ts";
import { formerRun, isComing } from "../effects/state/former.ts";
import { readState } from "../effects/state/state-file.ts";
import { locateManifest } from "../manifest/locate.ts";
import { renderProblem } from "../manifest/problem.ts";
import type { GlobalArgs } from "./options.ts";
import { RunError } from "./usage-error.ts";

/** `launch status` and others when nothing runs here. */
const nobodyThere = 4;

/** Where this project's run keeps its state; undefined when there is no manifest, and then that has been printed. */
export async function stateOf(
  args: Pick<GlobalArgs, "directory" | "file" | "instance">,
): Promise<StatePaths | undefined> {
  const located = await locateManifest(resolve(args.directory ?? "."), args.file, process.env["HOME"]);
  if (located.ok) return statePaths(dirname(located.files[0] ?? ""), args.instance, process.env);
  process.stderr.write(`${renderProblem(located.problem, process.cwd())}\n`);
  return undefined;
}

/** How long an engine that is being started in a dead one's place is waited for, in milliseconds, and between two looks. */
const longestComing = 5000;
const interval = 20;

/**
 * The session of the run that is going here; undefined when there is none. A run whose engine has died and that is being taken
 * over is waited for. Throws a `RunError` when it cannot be talked to.
 */
export async function reachRun({ directory }: StatePaths): Promise<RemoteSession | undefined> {
  const until = now() + longestComing;
  try {
    for (;;) {
      const session = await dialSession(directory);
      if (session !== undefined || !isComing(formerRun(readState(directory).state, directory))) return session;
      if (now() > until) return undefined;
      await sleep(interval);
    }
  } catch (error) {
    throw new RunError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Says that nothing runs here; answers exit code 4. */
export function sayNobodyThere(args: Pick<GlobalArgs, "instance">): number {
  const which = args.instance === "default" ? "" : ` as instance ${args.instance}`;
  process.stderr.write(
    `Nothing of this project runs here${which}. Start it by launch, or by launch -d in the background.\n`,
  );
  return nobodyThere;
}
