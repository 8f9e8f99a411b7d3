// An engine that lives and answers nobody: it is stopped, or never comes to the next turn of its loop.

import { now, sleep } from "../effects/clock.ts";
import { isProcess, readStat } from "../effects/processes/proc.ts";
import { signalProcess } from "../effects/processes/signal.ts";
import { readRun, type StatePaths } from "../effects/state/directory.ts";
import { formerRun, readOwnState } from "../effects/state/former.ts";

/** The engine of a run, as it was written down. */
export interface EngineProcess {
  /** The project's name. */
  readonly name: string;
  readonly pid: number;
  readonly startTicks?: number;
}

/** How long an engine may take to answer, in milliseconds, and one that is stopped all the while. */
const patience = { usual: 8000, stopped: 500 };
/** After this the person is told that there is no answer so far. */
const soon = 1500;
/** From SIGKILL until it is gone. */
const lastMoment = 5000;

/** The engine of the run that is going here, by what is written down; undefined when there is none. */
export function engineHere(paths: StatePaths): EngineProcess | undefined {
  const run = readRun(paths);
  if (run !== undefined) return run;
  const { owner, ...state } = readOwnState(paths).state;
  const former = formerRun(state, paths.directory);
  return former.kind === "going" ? { name: owner?.name ?? "this project", ...former.run.engine } : undefined;
}

/** True while somebody has stopped the process, or a debugger has. */
export function isStopped({ pid }: Pick<EngineProcess, "pid">): boolean {
  const { state = "" } = readStat(pid) ?? {};
  return state.toLowerCase() === "t";
}

/** Judges, asked again and again, whether the engine has had its time to answer; `onSlow` is called once before that. */
export function newPatience(
  engine: () => EngineProcess | undefined,
  onSlow: (engine: EngineProcess) => void,
): (waited: number) => boolean {
  let stoppedSince: number | undefined;
  let isTold = false;
  return (waited) => {
    const found = engine();
    stoppedSince = found !== undefined && isStopped(found) ? (stoppedSince ?? waited) : undefined;
    if (stoppedSince !== undefined) return waited - stoppedSince >= patience.stopped;
    if (found !== undefined && waited >= soon && !isTold) {
      isTold = true;
      onSlow(found);
    }
    return waited >= patience.usual;
  };
}

/** Why it cannot be asked anything, and what to do. */
export function unansweringWords(engine: EngineProcess): string {
  const who = `The engine of ${engine.name} (pid ${engine.pid})`;
  return isStopped(engine)
    ? `${who} is stopped and answers nobody. kill -CONT ${engine.pid} lets it go on; launch down ends the run all the same.`
    : `${who} does not answer: it hangs, or has much to do. launch down ends the run all the same.`;
}

/** What is said while it is still waited for. */
export function slowWords({ name, pid }: EngineProcess): string {
  return `The engine of ${name} (pid ${pid}) has not answered so far: it hangs, or has much to do. launch down ends the run all the same.`;
}

/** Kills it and waits for that, so that its guard ends what it had; false when it may not be signalled, or lives all the same. */
export async function killEngine(engine: Pick<EngineProcess, "pid" | "startTicks">): Promise<boolean> {
  if (signalProcess(engine, "SIGKILL") === "refused") return false;
  const until = now() + lastMoment;
  while (isProcess(engine) && now() < until) await sleep(5);
  return !isProcess(engine);
}
