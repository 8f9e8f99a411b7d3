// Stands in for `node:child_process` in our own files, and loads it when something of it is called.

import type * as ChildProcess from "node:child_process";

const processes = (): typeof ChildProcess => process.getBuiltinModule("node:child_process");

export const spawn = (...args: Parameters<typeof ChildProcess.spawn>): ChildProcess.ChildProcess =>
  processes().spawn(...args);

export const spawnSync = (...args: Parameters<typeof ChildProcess.spawnSync>): unknown =>
  processes().spawnSync(...args);

export const execFile = (...args: Parameters<typeof ChildProcess.execFile>): ChildProcess.ChildProcess =>
  processes().execFile(...args);

export const execFileSync = (...args: Parameters<typeof ChildProcess.execFileSync>): unknown =>
  processes().execFileSync(...args);
