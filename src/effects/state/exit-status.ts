// The exit codes of services of a run that may outlive its engine, kept in a file each by the shell that waits for them.

import { rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { Exit } from "../../core/failure.ts";
import { enterDirectory } from "../files/enter.ts";
import { readPlain } from "../files/plain.ts";

/** The file for one run of a service, in a directory that is made if need be; throws the system's error. */
export function statusPath(directory: string, service: string, run: number): string {
  const ends = join(directory, "ends");
  const name = `${service}.${run}`;
  using entered = enterDirectory(ends, 0o700);
  // A shell writes to these names, through whatever has them.
  for (const old of [name, `${name}.new`]) rmSync(entered.at(old), { force: true });
  return join(ends, name);
}

/** How the run ended; undefined where nobody could write it down, because the whole group was killed for instance. */
export function readExit(path: string): Exit | undefined {
  let text: string;
  try {
    text = readPlain(path).toString("latin1");
  } catch {
    return undefined;
  }
  const code = /^(\d{1,3})\n$/.exec(text)?.[1];
  return code === undefined ? undefined : exitOf(Number(code));
}

/** The run is over and its end is known. */
export function removeStatus(path: string): void {
  rmSync(path, { force: true });
}

/** Removes what is left of all runs. */
export function removeStatuses(directory: string): void {
  rmSync(join(directory, "ends"), { recursive: true, force: true });
}

// A shell says a signal as 128 and its number.
function exitOf(code: number): Exit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return code <= 128 || signal === undefined ? { code, signal: null } : { code: null, signal };
}
