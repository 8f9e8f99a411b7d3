// The main process of a run whose exit code is kept: the shell that was spawned waits for it as its parent. Until the command has
// taken that process over, the shell's trap swallows what is sent to the group, so a signal that is meant for the service waits.

import { existsSync } from "node:fs";
import { now, sleep } from "../clock.ts";
import {
  descendantsOf,
  hasProc,
  isAlive,
  isProcess,
  type ProcessStat,
  readChildren,
  readCommand,
  readStat,
} from "./proc.ts";
import type { Spawned } from "./spec.ts";
import { newStatus } from "./wrapper.ts";

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

/** True when the main process has ended, though the shell is still about to tell; false once it is seen alive. `status`: where its code is kept. */
export async function mainProcessEnded(shell: number, status: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const main = mainProcess(shell);
    // Keeping the code takes a process that looks like the main one.
    if (existsSync(status) || existsSync(newStatus(status)) || !isAlive(readStat(shell))) return true;
    if (main !== undefined) return !isAlive(main);
    await sleep(interval, signal);
  }
}

/** Resolves once the command has begun, or will not. */
export async function mainProcessBegun(shell: Spawned): Promise<void> {
  const until = now() + patience;
  while (!hasMainProcess(shell.pid) && isProcess(shell) && now() < until) await sleep(interval);
}
