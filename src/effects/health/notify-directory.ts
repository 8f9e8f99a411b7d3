// Where runs say things about themselves: a directory of files and sockets beside the state, of no use once the run is over.

import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { runsDirectory } from "../state/registry.ts";

/** The directory in a run's state directory. */
export function notifyDirectory(stateDirectory: string): string {
  return join(stateDirectory, "notify");
}

/**
 * The path of a socket whose own would be too long for the system, in the user's private directory; the same for every engine
 * of the run, since whoever takes it over hears on where the service still speaks. Undefined where there is no such directory.
 */
export function shortSocketPath(directory: string, name: string): string | undefined {
  const runs = runsDirectory();
  return runs === undefined ? undefined : join(runs, shortPrefix(directory) + name);
}

/** Removes what runs that are over have left of it; what cannot be removed stays. */
export function removeNotifyDirectory(directory: string): void {
  try {
    const prefix = shortPrefix(directory);
    const runs = runsDirectory();
    const short = runs === undefined ? [] : readdirSync(runs).filter((name) => name.startsWith(prefix));
    for (const name of short) rmSync(join(runs ?? "", name), { force: true });
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // There is none.
  }
}

function shortPrefix(directory: string): string {
  const { dev, ino } = statSync(directory, { bigint: true });
  return `${dev}-${ino}-`;
}
