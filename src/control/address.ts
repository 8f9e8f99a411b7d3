// Where an engine is reached: a socket file beside its state, or a short name in the user's private directory where the path
// is longer than the system can hold. Both ends find it by the same rule.

import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { runsDirectory } from "../effects/state/registry.ts";

/** Bytes that the path of a socket may have (`sun_path` without its last zero). */
const longestPath = process.platform === "linux" ? 107 : 103;

/** The paths at which the engine of this state directory may be reached, the first to be tried first. */
export function socketPaths(stateDirectory: string): readonly string[] {
  const directory = realOf(stateDirectory);
  const beside = join(directory, "control.sock");
  const runs = runsDirectory();
  const name = createHash("sha256").update(directory).digest("hex").slice(0, 16);
  const elsewhere = runs === undefined ? [] : [join(runs, `${name}.sock`)];
  return [beside, ...elsewhere].filter((path) => Buffer.byteLength(path) <= longestPath);
}

function realOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    // Nothing has run there yet.
    return directory;
  }
}
