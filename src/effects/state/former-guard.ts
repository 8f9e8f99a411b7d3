// The guard of a run whose engine is gone: it is waited for, and done without where it does not come to its end.

import { now, sleep } from "../clock.ts";
import { isProcess } from "../processes/proc.ts";
import { signalProcess } from "../processes/signal.ts";
import type { RunRecord } from "./state.ts";

type Guarded = Pick<RunRecord, "guard"> & Partial<Pick<RunRecord, "services">>;

/** Nobody gets more time to end than this from a guard, in milliseconds. */
const longestGrace = 10_000;
/** What it needs itself to find all that is left, on a machine that has much else to do. */
const longestSweep = 5000;
/** How long its own end takes once it was killed. */
const lastMoment = 2000;
/** Between two looks. */
const interval = 20;

/** True while the guard lives. */
export function isGuarded({ guard }: Pick<RunRecord, "guard">): boolean {
  return guard !== undefined && isProcess(guard);
}

/** Continues the guard, and what it has begun: somebody may have stopped them. */
export function wakeGuard(run: Pick<RunRecord, "guard">): void {
  if (run.guard !== undefined && isGuarded(run)) signalProcess({ ...run.guard, group: true }, "SIGCONT");
}

/** Resolves once the guard is gone; where it takes longer than it may, it is killed with what it has begun. */
export async function awaitGuard(run: Guarded): Promise<void> {
  const until = now() + graceOf(run) + longestSweep;
  while (isGuarded(run) && now() < until) {
    wakeGuard(run);
    await sleep(interval);
  }
  await endGuard(run);
}

function graceOf({ services }: Guarded): number {
  if (services === undefined) return longestGrace;
  const graces = Object.values(services).flatMap(({ live }) => live?.graceMs ?? []);
  return Math.min(longestGrace, Math.max(0, ...graces));
}

/** Kills the guard with what it has begun, for whoever does its work. */
export async function endGuard(run: Pick<RunRecord, "guard">): Promise<void> {
  if (run.guard === undefined || !isGuarded(run)) return;
  signalProcess({ ...run.guard, group: true }, "SIGKILL");
  const until = now() + lastMoment;
  while (isGuarded(run) && now() < until) await sleep(interval);
}
