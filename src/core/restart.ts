// Whether and when a service that ended is started again.

import type { Exit, Failure } from "./failure.ts";
import { isPermanent } from "./failure.ts";
import type { Millis, RestartPolicy } from "./service.ts";
import type { Ending, Member, State } from "./state.ts";

/** What the end of a run makes of its service. */
export interface Verdict {
  readonly state: State;
  readonly recentRestarts: readonly Millis[];
  readonly restarts: number;
}

/** True when the exit is one that the manifest calls a success. */
export function isSuccess(exit: Exit, successExitCodes: readonly number[]): boolean {
  return exit.code !== null && successExitCodes.includes(exit.code);
}

/**
 * Judges a run that ended by itself: exited, failed, or another try after a backoff.
 * `allowed` is false where nothing is restarted (`launch run`).
 */
export function judgeEnd(member: Member, end: Ending, at: Millis, random: number, allowed: boolean): Verdict {
  const { service } = member;
  const { policy } = service.restart;
  const succeeded = "exit" in end && isSuccess(end.exit, service.successExitCodes);
  const again =
    allowed && (policy === "always" ? service.type !== "task" || !succeeded : policy === "on-failure" && !succeeded);
  const kept = { recentRestarts: member.recentRestarts, restarts: member.restarts };

  if ("exit" in end && succeeded && !again) return { ...kept, state: { status: "exited", exit: end.exit } };
  const failure: Failure = "exit" in end ? { kind: "exit", exit: end.exit } : end.failure;
  if (!again || isPermanent(failure)) return { ...kept, state: { status: "failed", failure } };

  const { window, maxRestarts } = service.restart;
  const recent = member.recentRestarts.filter((time) => time > at - window);
  if (recent.length >= maxRestarts) {
    const loop: Failure = { kind: "crash-loop", restarts: recent.length, window, last: failure };
    return { ...kept, state: { status: "failed", failure: recent.length === 0 ? failure : loop } };
  }
  return {
    state: { status: "backoff", until: at + backoff(service.restart, recent.length, random), failure },
    recentRestarts: [...recent, at],
    restarts: member.restarts + 1,
  };
}

/**
 * Milliseconds to wait before restart number `attempt` (from 0): full jitter between `delay` and
 * `delay · 2^attempt`, never above `maxDelay`. The first is `delay` exactly, and a `delay` of 0 never waits.
 */
export function backoff(policy: RestartPolicy, attempt: number, random: number): Millis {
  const ceiling = Math.min(policy.maxDelay, policy.delay * 2 ** Math.min(attempt, 30));
  const floor = Math.min(policy.delay, policy.maxDelay);
  return floor + random * (ceiling - floor);
}
