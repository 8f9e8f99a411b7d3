// The health of a service that is ready: asked at every interval, judged by consecutive results. A process that a person or a
// debugger has stopped is neither healthy nor unhealthy.

import type { Health } from "../../core/service.ts";
import { sleep } from "../clock.ts";
import type { Leader } from "../ports/ownership.ts";
import { descendantsOf, readStat } from "../processes/proc.ts";
import { createElsewhere } from "./elsewhere.ts";
import { runProbe } from "./probe.ts";
import type { ProbeResult, Subject } from "./subject.ts";
import { count, healthy } from "./tally.ts";
import { verify } from "./verify.ts";

/** What to watch. `health` holds rendered strings. */
export interface HealthOptions extends Subject {
  readonly health: Health;
  readonly signal: AbortSignal;
  /** Called at the first yes, and when an unhealthy service has become healthy again. */
  readonly onHealthy: () => void;
  /** Called when a healthy service has become unhealthy, with the last probe's reason. */
  readonly onUnhealthy: (reason: string) => void;
}

/** Watches until the signal is aborted, then resolves. */
export async function watchHealth(options: HealthOptions): Promise<void> {
  const { health, signal, leader } = options;
  const ask = createQuestion(options);
  let tally = healthy;
  // The first yes is news as well: until then nobody knows.
  let isKnown = false;
  while (!signal.aborted) {
    try {
      await sleep(health.interval, signal);
      if (isLeaderHeld(leader)) continue;
      const result = await ask();
      // It may have been stopped while it was asked.
      if (!result.ok && isTreeHeld(leader)) continue;
      const before = tally;
      tally = count(tally, result.ok, health);
      if (tally.healthy === before.healthy && (isKnown || !result.ok)) continue;
      isKnown = true;
      if (result.ok) options.onHealthy();
      else options.onUnhealthy(result.reason);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** One probe, and whose answer it was where sockets have come or gone since that was last known. */
function createQuestion(options: HealthOptions): () => Promise<ProbeResult> {
  const { health, signal, sockets } = options;
  const elsewhere = createElsewhere(options, health.probe);
  let known: { readonly inode: number; readonly count: string } | undefined;
  return async () => {
    const result = await runProbe(health.probe, options, { within: health.timeout, signal });
    if (!result.ok) return elsewhere(result);
    if (result.answered === undefined) return result;
    // Counted before the look, so that a change in between is seen the next time.
    const count = sockets.count();
    if (known !== undefined && known.count === count) return result;
    const verdict = await verify(options, health.owner, result.answered, known?.inode);
    if (verdict.kind === "stranger") {
      return { ok: false, reason: `port ${verdict.port} is answered by a process outside the service's tree` };
    }
    if (verdict.kind === "own" && verdict.inode !== undefined && count !== undefined) {
      known = { inode: verdict.inode, count };
    }
    return result;
  };
}

/** True while the process is stopped or traced. */
function isHeld({ state }: { readonly state: string }): boolean {
  return state === "T" || state === "t";
}

function isLeaderHeld(leader: Leader | undefined): boolean {
  const stat = leader === undefined ? undefined : readStat(leader.pid);
  return stat !== undefined && isHeld(stat);
}

/** True while any process of the tree is held: a shell often stands between us and the one in the debugger. */
export function isTreeHeld(leader: Leader | undefined): boolean {
  if (leader === undefined) return false;
  return isLeaderHeld(leader) || descendantsOf(leader.pid).some(isHeld);
}
