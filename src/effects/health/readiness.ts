// The gate that dependents wait for: asks until the service has proved that it serves, and that it is the one who answers.
// How long that may take as a whole is decided elsewhere; whoever decides aborts the signal.

import type { Millis, Port } from "../../core/service.ts";
import { deadline, now, sleep } from "../clock.ts";
import { listenerFor } from "../ports/sockets.ts";
import { isAlive, readStat } from "../processes/proc.ts";
import { runProbe, targetOf } from "./probe.ts";
import type { ProbeResult, Subject } from "./subject.ts";
import { lookDuring, nextPoll, type Pace } from "./schedule.ts";
import { type Verdict, verify } from "./verify.ts";

/** What to wait for. `service.ready` holds rendered strings. */
export interface ReadinessOptions extends Subject {
  /** When the process was spawned, on the clock of `now()`. */
  readonly spawnedAt: Millis;
  readonly signal: AbortSignal;
  /** Called with why the service is not ready yet, whenever that changes. */
  readonly onReason: (reason: string) => void;
}

/** How the waiting ended. */
export type ReadinessOutcome =
  /** It serves; `verified` is false where the system does not tell whose socket it is. */
  | { readonly kind: "ready"; readonly verified: boolean }
  /** A process outside the service's tree answers on the port. */
  | { readonly kind: "stranger"; readonly port: Port; readonly endpoint?: string; readonly inode: number }
  /** The manifest's limit of consecutive failures was reached. */
  | { readonly kind: "failed"; readonly reason: string };

/** The whole exchange of one attempt. */
const attemptBound = 5000;

/** With no probe, how long a process must have lived. */
const settled = 100;

/** Probes that may find their socket gone again before it is taken as one that cannot be seen. */
const unseenLimit = 3;

/** Not ready yet; tells the gate to ask again. */
class NotYet extends Error {}

/** Waits until the service is ready, a stranger answers or too many attempts have failed; rejects with the signal's reason. */
export async function awaitReady(options: ReadinessOptions): Promise<ReadinessOutcome> {
  const { service, signal, spawnedAt } = options;
  const { probe, interval } = service.ready;
  if (probe.kind === "none") return awaitSettled(options);

  const { default: pRetry } = await import("p-retry");
  const pace: Pace = probe.kind === "listen" ? "look" : "connect";
  const attempt = createAttempt(options);
  const report = reportChanges(options.onReason);
  const arrival = interval === undefined ? createArrival(options) : undefined;
  let pause: Millis = 0;
  return pRetry(attempt, {
    signal,
    retries: Number.POSITIVE_INFINITY,
    // The pause is ours, taken from the one clock of the house.
    minTimeout: 0,
    shouldRetry: ({ error }) => error instanceof NotYet,
    onFailedAttempt: async ({ error }) => {
      if (!(error instanceof NotYet)) return;
      report(error.message);
      pause = interval ?? nextPoll(pace, now() - spawnedAt, pause);
      await pauseFor(pause, options, arrival);
    },
  });
}

async function awaitSettled({ leader, spawnedAt, signal }: ReadinessOptions): Promise<ReadinessOutcome> {
  await sleep(Math.max(0, spawnedAt + settled - now()), signal);
  // How it has ended is about to be heard by whoever waits for that, which is better news than that it has.
  if (leader !== undefined && !isAlive(readStat(leader.pid))) await sleep(Number.POSITIVE_INFINITY, signal);
  return { kind: "ready", verified: true };
}

/** One attempt after the other, with what they count together. */
function createAttempt(options: ReadinessOptions): () => Promise<ReadinessOutcome> {
  const { failures, owner, probe } = options.service.ready;
  // What the service says itself was counted as it was said.
  const isOwnWord = probe.kind === "log" || probe.kind === "notify";
  const success = isOwnWord ? 1 : options.service.ready.success;
  let succeeded = 0;
  let failed = 0;
  let unseen = 0;

  const fail = (reason: string): ReadinessOutcome => {
    succeeded = 0;
    failed++;
    if (failures !== undefined && failed >= failures) return { kind: "failed", reason };
    throw new NotYet(reason);
  };

  return async () => {
    const result: ProbeResult = await runProbe(probe, options, { within: attemptBound, signal: options.signal });
    if (!result.ok) return fail(result.reason);
    failed = 0;
    succeeded++;
    if (succeeded < success) throw new NotYet(`${succeeded} of ${success} successful answers`);
    // A line of its own output is the service's own word.
    if (isOwnWord) return { kind: "ready", verified: true };
    const verdict = await verify(options, owner, result.answered);
    if (verdict.kind === "unseen" && ++unseen < unseenLimit) throw new NotYet("its listening socket cannot be seen");
    return conclude(verdict, options);
  };
}

function conclude(verdict: Verdict, { ports }: Subject): ReadinessOutcome {
  switch (verdict.kind) {
    case "own":
      return { kind: "ready", verified: true };
    case "unknown":
    case "unseen":
      return { kind: "ready", verified: false };
    case "stranger": {
      const { port, inode } = verdict;
      const endpoint = Object.keys(ports).find((name) => ports[name] === port);
      return { kind: "stranger", port, inode, ...(endpoint === undefined ? {} : { endpoint }) };
    }
  }
}

/** Waits for so long, or until there is a sign that asking again is worth while. */
type Arrival = (ms: Millis, signal: AbortSignal) => Promise<void>;

/** What the service says itself need not wait for the next poll: the line ends the pause. */
async function pauseFor(
  ms: Millis,
  { service, log, word, signal }: ReadinessOptions,
  arrival: Arrival = sleep,
): Promise<void> {
  const { kind } = service.ready.probe;
  const sign = kind === "log" ? log?.found : kind === "notify" ? word : undefined;
  if (sign === undefined) return arrival(ms, signal);
  using pause = deadline(ms, signal);
  await sign.awaited(pause.signal);
}

/** For a probe that connects: a socket that appears where it asks ends the pause, once for each socket. */
function createArrival(options: ReadinessOptions): Arrival | undefined {
  const target = targetOf(options.service.ready.probe, options);
  // Looking is cheap only where the system counts its sockets.
  if (target === undefined || options.sockets.count() === undefined) return undefined;
  let met: number | undefined;
  const isNew = async (): Promise<boolean> => {
    const rows = await options.sockets.poll();
    const listener = target.hosts.flatMap((host) => listenerFor(rows, target.port, host) ?? [])[0];
    const before = met;
    met = listener?.inode;
    return met !== undefined && met !== before;
  };
  return async (ms, signal) => {
    const step = lookDuring(ms);
    if (step === undefined) return sleep(ms, signal);
    for (let left = ms; left > 0 && !(await isNew()); left -= step) await sleep(Math.min(step, left), signal);
  };
}

function reportChanges(onReason: (reason: string) => void): (reason: string) => void {
  let last: string | undefined;
  return (reason) => {
    if (reason !== last) onReason(reason);
    last = reason;
  };
}
