// `launch down`: ends the run of this project, in order, and waits until nothing of it lives, whatever its engine and its guard
// do: an engine that does not answer is killed, and a guard that does not come to its end as well.

import { jsonText } from "../core/sanitize.ts";
import { print, printError } from "./print.ts";
import { describeMillis } from "../core/failure.ts";
import { now, sleep } from "../effects/clock.ts";
import { awaitGuard, isGuarded } from "../effects/state/former-guard.ts";
import { formerRun, isRunComing, readOwnState } from "../effects/state/former.ts";
import { realStateDirectory, type StatePaths } from "../effects/state/directory.ts";
import { isProcess } from "../effects/processes/proc.ts";
import { signalProcess } from "../effects/processes/signal.ts";
import { endLeft } from "./end-left.ts";
import { endSession } from "./end-session.ts";
import type { GlobalArgs } from "./options.ts";
import { reachEvenSilent, stateOf, UnansweringError } from "./reach.ts";
import { endSilentRun } from "./silent-run.ts";
import { type EngineProcess, isStopped, killEngine } from "./unanswering.ts";

/**
 * 0 once nothing runs, also when nothing ran, and what a killed run had left is ended; 1 when not all could be. A Ctrl-C meanwhile
 * skips the services' grace, and the next one the wait.
 */
export async function run(args: GlobalArgs): Promise<number> {
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  const startedAt = now();
  /** The project's name, once anything of a run was found. */
  let found: string | undefined;
  const woken = new Set<number>();
  const tell = (words: string): void => {
    if (!args.quiet) printError(`${words}\n`);
  };
  for (;;) {
    const reached = await reach(paths, tell);
    if (reached === undefined) {
      const name = await awaitFormerGuard(paths, tell);
      if (name === undefined) break;
      found ??= name;
    } else if ("silent" in reached) {
      const { name, pid } = reached.silent;
      if (await endSilentRun(reached.silent, tell)) return say(args, stoppedWords(name, startedAt));
      return refused(name, pid);
    } else if ("session" in reached) {
      found = reached.session.about.project;
      const isOver = (await endSession(reached.session)) === "ended";
      // An engine that died over this has not ended its services: the next one is just coming.
      if (isOver && !isRunComing(paths.directory)) return say(args, stoppedWords(found, startedAt));
    } else {
      found = reached.unanswering.name;
      if (!(await endUnanswering(reached.unanswering, woken, tell))) return refused(found, reached.unanswering.pid);
    }
  }
  const left = await endLeft(args, paths);
  for (const words of left?.alive ?? []) printError(`${words}\n`);
  for (const words of left?.ended ?? []) say(args, words);
  if (left !== undefined && left.alive.length > 0) return 1;
  if (found !== undefined) return say(args, stoppedWords(found, startedAt));
  return left === undefined ? say(args, "Nothing of this project runs here.") : 0;
}

/** As `reachEvenSilent`, but answers an engine that does not answer. */
async function reach(
  paths: StatePaths,
  tell: (words: string) => void,
): Promise<Awaited<ReturnType<typeof reachEvenSilent>> | { readonly unanswering: EngineProcess }> {
  try {
    return await reachEvenSilent(paths, ({ name, pid }) =>
      tell(`The engine of ${name} (pid ${pid}) has not answered so far; it is killed when it goes on like that.`),
    );
  } catch (error) {
    if (error instanceof UnansweringError) return { unanswering: error.engine };
    throw error;
  }
}

/** Continues one that is stopped, the first time, so that it can end its run in order; else kills it. False when it may not be signalled. */
async function endUnanswering(
  engine: EngineProcess,
  woken: Set<number>,
  tell: (words: string) => void,
): Promise<boolean> {
  const who = `The engine of ${engine.name} (pid ${engine.pid})`;
  if (isStopped(engine) && !woken.has(engine.pid)) {
    woken.add(engine.pid);
    tell(`${who} is stopped: it is continued, so that it can end its run, and killed if it does not answer then.`);
    return signalProcess(engine, "SIGCONT") !== "refused";
  }
  tell(`${who} does not answer: it is killed, and what it had is ended.`);
  return killEngine(engine);
}

/** How long an engine that nobody can connect to any more may take to be gone, in milliseconds. */
const lastMoment = 5000;

/** Waits until the guard of a run whose engine is dead has done its work; the project's name, undefined where there is none at work. */
async function awaitFormerGuard(paths: StatePaths, tell: (words: string) => void): Promise<string | undefined> {
  const { state } = readOwnState(paths);
  const directory = realStateDirectory(paths.directory);
  const found = formerRun(state, directory);
  // Its connections close before it is gone.
  const until = now() + lastMoment;
  while (found.kind === "going" && isProcess(found.run.engine) && now() < until) await sleep(5);
  const former = found.kind === "going" ? formerRun(state, directory) : found;
  if (former.kind !== "killed" || !isGuarded(former.run)) return undefined;
  const name = state.owner?.name ?? "this project";
  tell(`The engine of ${name} (pid ${former.run.engine.pid}) is gone; its guard ends what it had.`);
  await awaitGuard(former.run);
  return name;
}

function refused(name: string, pid: number): number {
  printError(`${name} (pid ${pid}) cannot be ended from here, since this command is part of it.\n`);
  return 1;
}

function stoppedWords(project: string, startedAt: number): string {
  return `${project} stopped after ${describeMillis(now() - startedAt)}.`;
}

function say(args: GlobalArgs, words: string): number {
  if (!args.quiet) print(args.json ? `${jsonText({ message: words })}\n` : `${words}\n`);
  return 0;
}
