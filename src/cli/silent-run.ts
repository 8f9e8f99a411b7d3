// A run that lives although nobody answers where it should: its state directory was removed, and its socket with it. It is
// known by the lock that it still has, and by what it has told the user's other runs.

import { sleep } from "../effects/clock.ts";
import { instanceOwner } from "../effects/ports/leases.ts";
import { isAlive, readStat } from "../effects/processes/proc.ts";
import { signalProcess } from "../effects/processes/signal.ts";
import { realStateDirectory, type StatePaths } from "../effects/state/directory.ts";
import { isAnyRunning, type Run } from "../effects/state/registry.ts";
import { onSignals } from "./signals.ts";

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

/**
 * Has it end in order, by a signal, and waits for that; false when it may not be signalled. A Ctrl-C meanwhile skips the
 * services' grace, and the next one the wait.
 */
export async function endSilentRun(run: Run): Promise<boolean> {
  const ask = (): boolean => {
    const result = signalProcess(run, "SIGTERM");
    // A stopped process acts on nothing until it is continued.
    signalProcess(run, "SIGCONT");
    return result !== "refused";
  };
  if (!ask()) return false;
  using _signals = onSignals((_, count) => {
    ask();
    if (count > 1) process.exit(130);
  });
  while (isRunning(run)) await sleep(interval);
  return true;
}

function isRunning({ pid, startTicks }: Run): boolean {
  const stat = readStat(pid);
  return isAlive(stat) && stat.startTicks === startTicks;
}
