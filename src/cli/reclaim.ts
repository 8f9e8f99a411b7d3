// The engine that the guard starts when one has died whose run is to go on: it takes over what still runs.

import { closeSync, openSync, writeSync } from "node:fs";
import { exitCodeOf } from "../core/state.ts";
import { now, sleep } from "../effects/clock.ts";
import { formerRun } from "../effects/state/former.ts";
import type { RunRecord } from "../effects/state/state.ts";
import { readState } from "../effects/state/state-file.ts";
import { keepTrace } from "./engine-log.ts";
import { openHeadStart } from "./head-start.ts";
import type { UpArgs } from "./options.ts";
import { chooseServices } from "./project.ts";
import { stateOf } from "./reach.ts";
import { recently } from "./run-record.ts";
import { openServed } from "./serve.ts";
import { RunError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** A run whose engine dies more often than this within a minute is given up. */
const mostReclaims = 3;
/** The engine's descriptors close before it is gone; until then, in milliseconds. */
const lastMoments = 2000;

/**
 * Takes over and runs until it is asked to end; answers the exit code. The guard, which reads our stdout, is told once all is
 * in our hands; if it is not, it ends everything.
 */
export async function reclaim(typed: UpArgs): Promise<number> {
  const paths = await stateOf(typed);
  if (paths === undefined) return 2;
  const { directory } = paths;
  try {
    const former = await killedRun(directory);
    await using headStart = openHeadStart();
    const chosen = await chooseServices(typed);
    if (chosen === undefined) throw new RunError("The manifest can no longer be read.");
    await using live = await openServed(
      chosen,
      typed,
      { kind: "detached", colors: former.colors },
      { headStart, onDeath: "reclaim", reclaim: tellGuard },
    );
    keepTrace(directory, `the engine (pid ${former.engine.pid}) had died; pid ${process.pid} goes on in its place`);
    return exitCodeOf(await live.ended);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    keepTrace(directory, `the engine had died and is not started again, so its services are ended: ${words}`);
    throw error;
  }
}

/** The run that is to go on; throws a `RunError` that says why none may. */
async function killedRun(directory: string): Promise<RunRecord> {
  const until = now() + lastMoments;
  for (;;) {
    const { state, problem } = readState(directory);
    const former = formerRun(state, directory);
    if (former.kind === "none") throw new RunError(problem ?? "No run is written down here that could go on.");
    const { run } = former;
    if (run.onDeath === "end" || run.ending) throw new RunError("The run was about to end.");
    if (run.launch !== VERSION) throw new RunError(`It ran in launch ${run.launch}, and this is ${VERSION}.`);
    if (recently(run.reclaims).length >= mostReclaims) {
      throw new RunError(`It has died ${mostReclaims + 1} times within a minute.`);
    }
    if (former.kind === "killed") return run;
    if (now() > until) throw new RunError(`It lives (pid ${run.engine.pid}).`);
    await sleep(5);
  }
}

/** Says that all is well by the word and the end that are waited for. */
function tellGuard(): void {
  try {
    writeSync(1, "taken\n");
    closeSync(1);
    // The number must not become that of a file of ours.
    openSync("/dev/null", "w");
  } catch {
    // Whoever started it does not listen.
  }
}
