// Where an engine is reached: a socket file beside its state, or a short name in the user's private directory where the path
// is longer than the system can hold. Both ends find it by the same rule.

import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { runsDirectory } from "../effects/state/registry.ts";

/** Bytes that the path of a socket may have (`sun_path` without its last zero). */
const longestPath = process.platform === "linux" ? 107 : 103;

/** The paths at which the engine of this state directory may be reached, the first to be tried first; none where no directory is. */
export function socketPaths(stateDirectory: string): readonly string[] {
  try {
    const beside = join(realpathSync(stateDirectory), "control.sock");
    // The same by whatever path the directory is reached.
    const { dev, ino } = statSync(stateDirectory, { bigint: true });
    const runs = runsDirectory();
    const elsewhere = runs === undefined ? [] : [join(runs, `${dev}-${ino}.sock`)];
    return [beside, ...elsewhere].filter((path) => Buffer.byteLength(path) <= longestPath);
  } catch {
    return [];
  }
}
