// Processes as `ps` shows them, for systems without `/proc` (macOS). On Linux only the tests read it.
// Not run on macOS so far; the fields asked for are those that both families of `ps` know.

import { spawnSync } from "node:child_process";

/** One row of `ps`; `startSeconds` is wall clock, seconds since the epoch, and stands in for the kernel's start ticks. */
export interface PsRow {
  readonly pid: number;
  readonly ppid: number;
  readonly group: number;
  readonly uid: number;
  readonly state: string;
  readonly startSeconds: number;
  readonly command: string;
}

/** All processes, or the one with this pid; empty when `ps` is missing or says nothing. */
export function readPs(pid?: number): readonly PsRow[] {
  const which = pid === undefined ? ["-A"] : ["-p", String(pid)];
  const result = spawnSync("ps", [...which, "-o", "pid=,ppid=,pgid=,uid=,state=,lstart=,command="], {
    encoding: "utf8",
    // `lstart` is written in the language of the locale.
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (result.error !== undefined || typeof result.stdout !== "string") return [];
  return result.stdout.split("\n").flatMap((line) => parsePsRow(line) ?? []);
}

const psRow = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/;

/** One line of `ps -o pid=,ppid=,pgid=,uid=,state=,lstart=,command=`. */
export function parsePsRow(line: string): PsRow | undefined {
  const match = psRow.exec(line);
  if (match === null) return undefined;
  const [, pid, ppid, group, uid, state = "", started = "", command = ""] = match;
  return {
    pid: Number(pid),
    ppid: Number(ppid),
    group: Number(group),
    uid: Number(uid),
    state: state.slice(0, 1),
    startSeconds: Math.round(Date.parse(started) / 1000),
    command: command.trim(),
  };
}
