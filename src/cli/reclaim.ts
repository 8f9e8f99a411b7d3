// The engine that the guard starts when one has died whose run is to go on: it takes over what still runs.

import { closeSync, writeSync } from "node:fs";
import { exitCodeOf } from "../core/state.ts";
import { formerRun } from "../effects/state/former.ts";
import { readState } from "../effects/state/state-file.ts";
import { lifelineDescriptor } from "./early-engine.ts";
import type { UpArgs } from "./options.ts";
import { chooseServices } from "./project.ts";
import { stateOf } from "./reach.ts";
import { keepTrace, openServed } from "./serve.ts";
import { RunError } from "./usage-error.ts";

/** A run whose engine dies more often than this within a minute is given up. */
export const mostReclaims = 3;

/**
 * Takes over and runs until it is asked to end; answers the exit code. The guard, at the other end of descriptor 3, is told
 * once all is in our hands; if it is not, it ends everything.
 */
export async function reclaim(typed: UpArgs): Promise<number> {
  const paths = await stateOf(typed);
  if (paths === undefined) return 2;
  try {
    const former = formerRun(readState(paths.directory).state, paths.directory);
    if (former.kind !== "killed") throw new RunError("There is no run here whose engine was killed.");
    const chosen = await chooseServices(typed);
    if (chosen === undefined) throw new RunError("The manifest can no longer be read.");
    const go = { kind: "detached", colors: former.run.colors } as const;
    await using live = await openServed(chosen, typed, go, { onDeath: "reclaim", reclaim: true });
    tellGuard();
    return exitCodeOf(await live.ended);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    keepTrace(
      paths.directory,
      `the engine had died and could not be started again, so its services are ended: ${words}`,
    );
    throw error;
  }
}

function tellGuard(): void {
  try {
    writeSync(lifelineDescriptor, "ok\n");
    closeSync(lifelineDescriptor);
  } catch {
    // Started by hand: nobody waits for it.
  }
}
