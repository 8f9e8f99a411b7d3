// `launch` and `launch up`: starts what was asked for, or says whether it would start.

import type { UpArgs } from "./options.ts";

/** Runs until everything has ended, or until the run is in the background; answers the exit code. */
export async function run(args: UpArgs): Promise<number> {
  // Each is loaded by itself: a check does without the engine.
  if (args.checkOnly) return (await import("./check.ts")).check(args);
  return (await import("./bring-up.ts")).bringUp(args);
}
