// A run that lives although nobody answers where it should: its state directory was removed, and its socket with it. It is
// known by the lock that it still has, and by what it has told the user's other runs.

import { describeMillis } from "../core/failure.ts";
import { now, sleep } from "../effects/clock.ts";
import { instanceOwner } from "../effects/ports/leases.ts";
import { isAlive, readChildren, readCommand, readStat } from "../effects/processes/proc.ts";
import { signalProcess } from "../effects/processes/signal.ts";
import { realStateDirectory, type StatePaths } from "../effects/state/directory.ts";
import { isAnyRunning, type Run } from "../effects/state/registry.ts";
import { awaitGuard } from "../effects/state/former-guard.ts";
import type { ProcessRecord } from "../effects/state/state.ts";
import { onSignals } from "./signals.ts";
import { killEngine } from "./unanswering.ts";

/** The live run that has this state directory for itself; undefined when there is none that has said who it is. */
export async function findSilentRun({ directory }: Pick<StatePaths, "directory">): Promise<Run | undefined> {
  // Who the owner of a lock is takes longer to find out.
  return isAnyRunning() ? (await instanceOwner(realStateDirectory(directory)))?.run : undefined;
}

/** Why it cannot be asked anything, and what to do. */
export function silentWords({ name, pid }: Run, { directory }: Pick<StatePaths, "directory">): string {
  return `${name} runs here (pid ${pid}), but cannot be talked to: ${directory}, or what was in it, has been removed. launch down ends it.`;
}

/** Between two looks at whether it has ended, in milliseconds. */
const interval = 10;
/** How long it may take to end what it has, when the person is told that it takes so long, and when it is killed. */
const patience = { told: 5000, longest: 60_000 };

/**
 * Has it end in order, by a signal, and waits for that; one that does not is killed, so that its guard ends what it had. False
 * when it may not be signalled. A Ctrl-C meanwhile skips the services' grace, and the next one kills it.
 */
export async function endSilentRun(run: Run, tell: (words: string) => void): Promise<boolean> {
  const ask = (): boolean => {
    const result = signalProcess(run, "SIGTERM");
    // A stopped process acts on nothing until it is continued.
    signalProcess(run, "SIGCONT");
    return result !== "refused";
  };
  let isTold = false;
  let isKilled = false;
  using _signals = onSignals((_, count) => {
    ask();
    if (count > 1) isKilled = true;
    if (count > 2) process.exit(130);
  });
  if (!ask()) return false;
  const guard = guardOf(run);
  for (const begun = now(); isRunning(run); await sleep(interval)) {
    const waited = now() - begun;
    if (waited > patience.told && !isTold) {
      isTold = true;
      tell(
        `${run.name} (pid ${run.pid}) was asked to end and goes on so far; it is killed after ${describeMillis(patience.longest)}.`,
      );
    }
    isKilled ||= waited > patience.longest;
    if (isKilled) await killEngine(run);
  }
  // Who has ended in order has told its guard good-bye.
  await awaitGuard({ ...(guard !== undefined && { guard }) });
  return true;
}

/** The guard is a child of the engine. */
function guardOf({ pid }: Run): ProcessRecord | undefined {
  return readChildren(pid).find((child) => readCommand(child.pid)?.includes("launch-guard") === true);
}

function isRunning({ pid, startTicks }: Run): boolean {
  const stat = readStat(pid);
  return isAlive(stat) && stat.startTicks === startTicks;
}
