// How a live run is asked to end, and how it is made to.

import { after, now } from "../effects/clock.ts";
import { runCommand } from "../effects/processes/command.ts";
import type { Leader } from "../effects/ports/ownership.ts";
import type { ForkServer } from "../effects/processes/fork-server.ts";
import { descendantsOf } from "../effects/processes/proc.ts";
import { signalProcess, type Target } from "../effects/processes/signal.ts";
import type { Live } from "./live.ts";

/** From the stop signal to SIGCONT, in milliseconds. */
const untilContinued = 30;

/** The process by which a run is known. */
export function leaderOf({ startTicks, tag }: Live, pid: number): Leader {
  return { pid, ...(startTicks !== undefined && { startTicks }), ...(tag !== undefined && { tag }) };
}

/**
 * Its stop command, or its stop signal to its group or leader; `output` opens what the command writes to, `forks` is who has begun
 * it, perhaps.
 */
export function askToEnd(found: Live, output: () => number, forks: ForkServer | undefined): void {
  const { service, stopCommand, env } = found.preparation;
  const { pid } = found;
  if (pid === undefined) return;
  found.askedAt = now();
  if (stopCommand !== undefined) {
    const hurry = new AbortController();
    const tagged = found.tag === undefined ? {} : { tag: found.tag };
    const spec = { command: stopCommand, cwd: service.workingDir, env, output: output(), ...tagged };
    found.stopCommand = { ended: runCommand(spec, hurry.signal), hurry };
    return;
  }
  // We have begun it, so it is ours whoever it has become.
  const group = { ...leaderOf(found, pid), group: true, anyUser: true };
  const { to, signal } = service.stop;
  if (to !== "group") signalProcess(mainOf(found, pid), signal);
  else if (forks === undefined) signalProcess(group, signal);
  else forks.signalGroup(pid, signal, () => signalProcess(group, signal));
  // A stopped process acts on nothing until it is continued; whoever obeys is gone by then.
  after(untilContinued, () => signalProcess(group, "SIGCONT"));
}

/** SIGABRT to its main process, so that it can leave a trace. */
export function abortMain(found: Live): void {
  if (found.pid === undefined) return;
  found.aborted = true;
  signalProcess(mainOf(found, found.pid), "SIGABRT");
}

/** Where its exit code is kept, the process that was spawned only waits for the main one. */
function mainOf(found: Live, pid: number): Target {
  const main = found.status === undefined ? undefined : descendantsOf(pid).find(({ ppid }) => ppid === pid);
  return main === undefined ? leaderOf(found, pid) : { pid: main.pid, startTicks: main.startTicks, anyUser: true };
}

/** SIGKILL to all of its group. */
export function killNow(found: Live): void {
  const { pid, stopCommand } = found;
  stopCommand?.hurry.abort();
  if (pid !== undefined) signalProcess({ ...leaderOf(found, pid), group: true, anyUser: true }, "SIGKILL");
}
