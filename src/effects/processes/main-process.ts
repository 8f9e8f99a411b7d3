// The main process of a run whose exit code is kept: the shell that was spawned waits for it as its parent. Until the command has
// taken that process over, the shell's trap swallows what is sent to the group, so a signal that is meant for the service waits.

import { now, sleep } from "../clock.ts";
import { descendantsOf, hasProc, isProcess, type ProcessStat, readChildren, readCommand } from "./proc.ts";
import type { Spawned } from "./spec.ts";

/** Between two looks, in milliseconds. */
const interval = 1;
/** A shell that has no child after this many milliseconds is stopped, or is about to end. */
const patience = 5000;

/** The process that the shell waits for; undefined before it is there and after it has ended. */
export function mainProcess(shell: number): ProcessStat | undefined {
  if (hasProc) return readChildren(shell)[0];
  return descendantsOf(shell).find(({ ppid }) => ppid === shell);
}

/** True once the command has begun in the shell's child, which looks like the shell before. */
export function hasMainProcess(shell: number): boolean {
  const main = mainProcess(shell);
  return main !== undefined && readCommand(main.pid) !== readCommand(shell);
}

/** Resolves once the command has begun, or will not. */
export async function mainProcessBegun(shell: Spawned): Promise<void> {
  const until = now() + patience;
  while (!hasMainProcess(shell.pid) && isProcess(shell) && now() < until) await sleep(interval);
}
