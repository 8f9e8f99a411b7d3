// Who belongs to a directory of the benchmark, however far it has gone: by its program, its working directory or its `HOME`.

import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { allProcesses, now, programOf } from "../machine.ts";
import { kill } from "../witness.ts";

/** All processes of a directory and of those below it; what has ended and was not waited for is none. */
export function residents(directory: string): readonly number[] {
  const isWithin = (path: string): boolean => path === directory || path.startsWith(`${directory}/`);
  return allProcesses().filter(
    (pid) =>
      pid !== process.pid && (isWithin(programOf(pid)) || isWithin(workingDirectoryOf(pid)) || isWithin(homeOf(pid))),
  );
}

/** The arguments of a process joined by blanks; empty when it is gone. */
export function commandLineOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

/** Waits until nobody is there in three looks, or the time (in milliseconds) is over; gives who is left. */
export async function waitUntilGone(directory: string, limitMs: number): Promise<readonly number[]> {
  const deadline = now() + limitMs;
  for (let looks = 0; looks < 3;) {
    const left = residents(directory);
    if (left.length > 0 && now() > deadline) return left;
    looks = left.length > 0 ? 0 : looks + 1;
    await sleep(10);
  }
  return [];
}

/** Ends whoever is there with SIGKILL; throws when somebody is still there after ten seconds. */
export async function endAll(directory: string): Promise<void> {
  const deadline = now() + 10_000;
  for (let looks = 0; looks < 3;) {
    const left = residents(directory);
    left.forEach(kill);
    if (left.length > 0 && now() > deadline) {
      throw new Error(`these do not end: ${left.map((pid) => `${pid} (${commandLineOf(pid)})`).join(", ")}`);
    }
    looks = left.length > 0 ? 0 : looks + 1;
    await sleep(10);
  }
}

function workingDirectoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

/** As it was when the process was started; a process that somebody else owns says nothing. */
function homeOf(pid: number): string {
  const entry = read(`/proc/${pid}/environ`)
    .split("\0")
    .find((text) => text.startsWith("HOME="));
  return entry?.slice("HOME=".length) ?? "";
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
