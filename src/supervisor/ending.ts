// How a live run is asked to end, and how it is made to.

import { after, now } from "../effects/clock.ts";
import type { Leader } from "../effects/ports/ownership.ts";
import type { ForkServer } from "../effects/processes/fork-server.ts";
import { hasMainProcess, mainProcess, mainProcessBegun } from "../effects/processes/main-process.ts";
import { signalProcess, type Target } from "../effects/processes/signal.ts";
import type { Fact } from "../core/event.ts";
import type { NodeSignal } from "../core/service.ts";
import type { Live } from "./live.ts";
import { beginStopCommand } from "./stop-command.ts";

/** From the stop signal to SIGCONT, in milliseconds. */
const untilContinued = 30;
/** A run of this age has its main process, in milliseconds. */
const young = 10_000;

/** What asking needs from around it. */
export interface EndingOptions {
  /** Opens what a stop command writes to. */
  readonly output: () => number;
  /** Who has begun it, perhaps. */
  readonly forks: ForkServer | undefined;
  readonly report: (fact: Fact) => void;
}

/** The process by which a run is known. */
export function leaderOf({ startTicks, tag }: Live, pid: number): Leader {
  return { pid, ...(startTicks !== undefined && { startTicks }), ...(tag !== undefined && { tag }) };
}

/** Its stop command, or its stop signal to its group or leader. */
export function askToEnd(found: Live, { output, forks, report }: EndingOptions): void {
  const { pid } = found;
  if (pid === undefined) return;
  found.askedAt = now();
  const signal = (): void => sendStopSignal(found, pid, forks);
  const { stopCommand } = found.preparation;
  if (stopCommand === undefined) return signal();
  found.stopCommand = beginStopCommand(found, stopCommand, { pid, output: output(), signal, report });
}

function sendStopSignal(found: Live, pid: number, forks: ForkServer | undefined): void {
  const { to, signal } = found.preparation.service.stop;
  whenReceiving(found, pid, () => {
    const group = groupOf(found, pid);
    const apart = mainApart(found, pid);
    if (to !== "group") signalProcess(mainOf(found, pid), signal);
    else {
      if (apart !== undefined) signalProcess(apart, signal);
      if (forks === undefined) signalProcess(group, signal);
      else forks.signalGroup(pid, signal, () => signalProcess(group, signal));
    }
    // A stopped process acts on nothing until it is continued; whoever obeys is gone by then.
    after(untilContinued, () => {
      signalProcess(group, "SIGCONT");
      if (apart !== undefined) signalProcess(apart, "SIGCONT");
    });
  });
}

/** Sends any signal to all of its group; false when nothing of it lives. */
export function signalGroup(found: Live, signal: NodeSignal): boolean {
  const { pid } = found;
  if (pid === undefined) return false;
  const send = (): boolean => {
    const apart = mainApart(found, pid);
    if (apart !== undefined) signalProcess(apart, signal);
    return signalProcess(groupOf(found, pid), signal) === "sent";
  };
  if (isReceiving(found, pid)) return send();
  whenReceiving(found, pid, () => void send());
  return true;
}

/** All that has stayed with it. We have begun it, so it is ours whoever it has become. */
function groupOf(found: Live, pid: number): Target {
  return { ...leaderOf(found, pid), group: true, anyUser: true };
}

/**
 * The main process, where one waits for it and it has left that one's group, as `timeout` and `setsid` do: with the group that it
 * leads, if it does.
 */
function mainApart(found: Live, pid: number): Target | undefined {
  const main = found.status === undefined ? undefined : mainProcess(pid);
  if (main === undefined || main.group === pid) return undefined;
  return { pid: main.pid, startTicks: main.startTicks, anyUser: true, ...(main.group === main.pid && { group: true }) };
}

/** Calls once a signal to the group reaches the command: at once, but for a run whose command is just about to begin. */
function whenReceiving(found: Live, pid: number, send: () => void): void {
  if (isReceiving(found, pid)) return send();
  void mainProcessBegun({ pid, startTicks: found.startTicks }).then(send);
}

function isReceiving({ status, spawnedAt }: Live, pid: number): boolean {
  return status === undefined || now() - spawnedAt > young || hasMainProcess(pid);
}

/** SIGABRT to its main process, so that it can leave a trace. */
export function abortMain(found: Live): void {
  if (found.pid === undefined) return;
  found.aborted = true;
  signalProcess(mainOf(found, found.pid), "SIGABRT");
}

/** Where its exit code is kept, the process that was spawned only waits for the main one. */
function mainOf(found: Live, pid: number): Target {
  const main = found.status === undefined ? undefined : mainProcess(pid);
  return main === undefined ? leaderOf(found, pid) : { pid: main.pid, startTicks: main.startTicks, anyUser: true };
}

/** SIGKILL to all of its group. */
export function killNow(found: Live): void {
  const { pid, stopCommand } = found;
  stopCommand?.kill();
  if (pid !== undefined) signalProcess(groupOf(found, pid), "SIGKILL");
}
