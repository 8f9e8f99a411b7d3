// The state directory of a run, made and locked: one run at a time, and one whose engine has died comes before any new one.

import type { Project } from "../core/service.ts";
import { now, sleep } from "../effects/clock.ts";
import { UnsafePathError } from "../effects/files/unsafe.ts";
import type { Lease } from "../effects/ports/lease.ts";
import { instanceOwner, type LeaseOwner, lockInstance } from "../effects/ports/leases.ts";
import {
  createStateDirectory,
  foreignFault,
  stateDirectoryFault,
  type StatePaths,
  statePaths,
} from "../effects/state/directory.ts";
import { isRunComing, wakeFormerGuard } from "../effects/state/former.ts";
import { isOwn } from "../effects/state/owner.ts";
import { userName } from "../effects/processes/proc.ts";
import { foreignWords } from "./foreign-run.ts";
import { RunError, UsageError } from "./usage-error.ts";

/** How long a run that is being taken over, or the last moments of another engine, are waited for, in milliseconds. */
const longestWait = 5000;

/** A state directory that is this run's alone until its lock is disposed. */
export interface LockedDirectory {
  /** Its real path, by which everything knows it. */
  readonly directory: string;
  readonly lock: Disposable;
}

/** Makes the directory if need be and locks it; throws a `RunError` while another run has it, a `UsageError` when it cannot be used. */
export async function lockDirectory(
  project: Project,
  paths: StatePaths,
  isSuccessor: boolean,
): Promise<LockedDirectory> {
  const directory = stateDirectoryAt(paths);
  const lock = await lockHere(directory, isSuccessor);
  if (lock === undefined) throw new RunError(await alreadyRunning(project, paths, directory));
  return { directory, lock };
}

/** The real path of the state directory, made if need be. */
function stateDirectoryAt(paths: StatePaths): string {
  try {
    return createStateDirectory(paths);
  } catch (error) {
    if (error instanceof UnsafePathError) throw new UsageError(unusableWords(paths, error.message));
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // On what is read-only Node says that there is no such directory.
    throw new UsageError(unusableWords(paths, stateDirectoryFault(paths) ?? message));
  }
}

/** Where the state is, for a command that only looks; throws a `UsageError` where what is there is not ours to believe. */
export function trustedPaths(root: string, instance: string): StatePaths {
  const paths = statePaths(root, instance, process.env);
  const fault = foreignFault(paths);
  if (fault !== undefined) throw new UsageError(unusableWords(paths, fault));
  return paths;
}

/** What is wrong with a state directory, `fault` being the system's words, and what to do. */
export function unusableWords({ directory }: StatePaths, fault: string): string {
  return `${directory} cannot be used for logs and state (${fault}). Name another directory by LAUNCH_STATE_DIR.`;
}

/** The lock of the state directory; undefined when a run has it, be it one that is only just being taken over. */
async function lockHere(key: string, isSuccessor: boolean): Promise<Lease | undefined> {
  const until = now() + longestWait;
  for (;;) {
    const isTheirs = !isSuccessor && isRunComing(key);
    // Somebody may have stopped who is to take it over.
    if (isTheirs) wakeFormerGuard(key);
    const lock = isTheirs ? undefined : await lockInstance(key);
    if (lock !== undefined) {
      // Its engine may have died since: whoever takes over comes first.
      if (isSuccessor || !isRunComing(key)) return lock;
      lock[Symbol.dispose]();
      // `launch down`, which ends what a killed run has left, is no run and is over in a moment.
    } else if (!isSuccessor && (await instanceOwner(key))?.run !== undefined) return undefined;
    if (now() > until) return undefined;
    await sleep(20);
  }
}

async function alreadyRunning(project: Project, paths: StatePaths, key: string): Promise<string> {
  const { instance } = paths;
  const owner = await instanceOwner(key);
  if (owner?.run !== undefined && !isOwn(owner.run, paths)) return foreignWords(owner.run, paths);
  if (owner?.uid !== undefined) {
    const user = userName(owner.uid) ?? String(owner.uid);
    return `The lock of ${paths.directory} is held by user ${user}${pidWords(owner)}, whose run cannot be in it. Have that ended, or name another directory by LAUNCH_STATE_DIR.`;
  }
  const who = pidWords(owner);
  const which = instance === "default" ? project.name : `${project.name}, instance ${instance},`;
  // A process that cannot be seen, of a container for instance, has the lock all the same.
  return `${which} already runs here${who}. See launch status; stop it by launch down, or start a second copy beside it with --instance NAME.`;
}

function pidWords(owner: LeaseOwner | undefined): string {
  return owner?.pid === undefined ? "" : ` (pid ${owner.pid})`;
}
