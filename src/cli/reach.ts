// The run that is going in this project, reached from a command beside it.

import { printError } from "./print.ts";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { dialSession, EngineGoneError, NoAnswerError, type RemoteSession } from "../client/session.ts";
import { now, sleep } from "../effects/clock.ts";
import type { StatePaths } from "../effects/state/directory.ts";
import { findForeignRun, isRunComing, wakeFormerGuard } from "../effects/state/former.ts";
import { isOwn } from "../effects/state/owner.ts";
import type { Run } from "../effects/state/registry.ts";
import { locateManifest } from "../manifest/locate.ts";
import { renderProblem } from "../manifest/problem.ts";
import { unreachable } from "./exit-codes.ts";
import { foreignWords } from "./foreign-run.ts";
import { trustedPaths } from "./lock.ts";
import type { GlobalArgs } from "./options.ts";
import { findSilentRun, silentWords } from "./silent-run.ts";
import { type EngineProcess, engineHere, newPatience, slowWords, unansweringWords } from "./unanswering.ts";
import { UnreachableError } from "./usage-error.ts";

/** Where this project's run keeps its state; undefined when there is no manifest, and then that has been printed. */
export async function stateOf(
  args: Pick<GlobalArgs, "directory" | "file" | "instance">,
): Promise<StatePaths | undefined> {
  const located = locateManifest(resolve(args.directory ?? "."), args.file, process.env["HOME"]);
  if (located.ok) return trustedPaths(dirname(located.files[0] ?? ""), args.instance);
  printError(`${renderProblem(located.problem, process.cwd())}\n`);
  return undefined;
}

/** How long an engine that is being started in a dead one's place is waited for, in milliseconds, and between two looks. */
const longestComing = 5000;
const interval = 20;
/** What was found where a run should be. */
type Reached = { readonly session: RemoteSession } | { readonly silent: Run } | undefined;

/**
 * The session of the run that is going here; undefined when there is none. A run whose engine has died and that is being taken
 * over is waited for. Throws an `UnreachableError` when it cannot be talked to, or is another project's.
 */
export async function reachRun(paths: StatePaths): Promise<RemoteSession | undefined> {
  const reached = await reachEvenSilent(paths);
  if (reached === undefined || "session" in reached) return reached?.session;
  throw new UnreachableError(silentWords(reached.silent, paths));
}

/** A run whose engine lives and does not answer. */
export class UnansweringError extends UnreachableError {
  override name = "UnansweringError";
  readonly engine: EngineProcess;

  constructor(engine: EngineProcess) {
    super(unansweringWords(engine));
    this.engine = engine;
  }
}

/** As `reachRun`, but answers a run whose state directory was removed. `onSlow` hears of an engine that takes long to answer. */
export async function reachEvenSilent(
  paths: StatePaths,
  onSlow: (engine: EngineProcess) => void = (engine) => printError(`${slowWords(engine)}\n`),
): Promise<Reached> {
  const { directory } = paths;
  const foreign = findForeignRun(paths);
  if (foreign !== undefined) throw new UnreachableError(foreignWords(foreign, paths));
  const until = now() + longestComing;
  for (;;) {
    const isOver = now() > until;
    let isDying = false;
    const session = await dial(paths, onSlow).catch((error: unknown) => {
      isDying = error instanceof UnreachableError && error.cause instanceof EngineGoneError;
      if (isOver || !isDying) throw error;
    });
    if (session !== undefined) return { session: await ownSession(session, paths) };
    if (isOver || !(isDying || isRunComing(directory))) {
      const silent = await findSilentRun(paths);
      if (silent === undefined) return undefined;
      if (!isOwn(silent, paths)) throw new UnreachableError(foreignWords(silent, paths));
      // Where there is a directory it may be just beginning, or just ending.
      if (isOver || !existsSync(directory)) return { silent };
    }
    // Somebody may have stopped who is to start it again.
    wakeFormerGuard(directory);
    await sleep(interval);
  }
}

/** Whoever answers has the last word on whose run it is: what is written down may be gone, or not written yet. */
async function ownSession(session: RemoteSession, paths: StatePaths): Promise<RemoteSession> {
  const { project, root, instance, pid } = session.about;
  if (isOwn({ root, instance }, paths)) return session;
  await session[Symbol.asyncDispose]();
  throw new UnreachableError(foreignWords({ name: project, root, instance, pid }, paths));
}

async function dial(paths: StatePaths, onSlow: (engine: EngineProcess) => void): Promise<RemoteSession | undefined> {
  const engine = (): EngineProcess | undefined => engineHere(paths);
  try {
    return await dialSession(paths.directory, newPatience(engine, onSlow));
  } catch (error) {
    const found = error instanceof NoAnswerError ? engine() : undefined;
    if (found !== undefined) throw new UnansweringError(found);
    throw new UnreachableError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Says that nothing runs here; answers exit code 4. */
export function sayNobodyThere(args: Pick<GlobalArgs, "instance">): number {
  const which = args.instance === "default" ? "" : ` as instance ${args.instance}`;
  printError(`Nothing of this project runs here${which}. Start it by launch, or by launch -d in the background.\n`);
  return unreachable;
}
