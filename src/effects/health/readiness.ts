// The gate that dependents wait for: asks until the service has proved that it serves, and that it is the one who answers.
// How long that may take as a whole is decided elsewhere; whoever decides aborts the signal.

import type { Millis, Port } from "../../core/service.ts";
import { deadline, now, sleep } from "../clock.ts";
import { isAlive, readStat } from "../processes/proc.ts";
import { createGate, type Gate } from "./gate.ts";
import { createQuestion } from "./question.ts";
import { nextPoll, type Pace } from "./schedule.ts";
import type { ProbeResult, Subject } from "./subject.ts";
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

/** With no probe, how long a process must have lived. */
const settled = 100;

/** Not ready yet; tells the gate to ask again, and how soon. */
class NotYet extends Error {
  readonly pace: Pace;
  constructor(reason: string, pace: Pace) {
    super(reason);
    this.pace = pace;
  }
}

/** Waits until the service is ready, a stranger answers or too many attempts have failed; rejects with the signal's reason. */
export async function awaitReady(options: ReadinessOptions): Promise<ReadinessOutcome> {
  const { service, signal, spawnedAt } = options;
  const { probe, interval } = service.ready;
  if (probe.kind === "none") return awaitSettled(options);

  const { default: pRetry } = await import("p-retry");
  const report = reportChanges(options.onReason);
  const gate = createGate(options);
  const attempt = createAttempt(options, createQuestion(options, { report, gate }));
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
      pause = interval ?? nextPoll(error.pace, now() - spawnedAt, pause);
      await pauseFor(pause, options, gate);
    },
  });
}

async function awaitSettled({ leader, spawnedAt, signal }: ReadinessOptions): Promise<ReadinessOutcome> {
  await sleep(Math.max(0, spawnedAt + settled - now()), signal);
  // How it has ended is about to be heard by whoever waits for that, which is better news than that it has.
  if (leader !== undefined && !isAlive(readStat(leader.pid))) await sleep(Number.POSITIVE_INFINITY, signal);
  return { kind: "ready", verified: true };
}

/** Probes that may find their socket gone again before it is taken as one that cannot be seen. */
const unseenLimit = 3;

/** Looks closer together than this are one failure, where the manifest gives no interval. */
const oneFailure: Millis = 250;

/** One attempt after the other, with what they count together. */
function createAttempt(options: ReadinessOptions, ask: () => Promise<ProbeResult>): () => Promise<ReadinessOutcome> {
  const { failures, interval, owner, probe } = options.service.ready;
  // What the service says itself was counted as it was said, and that it says nothing is no failure.
  const isOwnWord = probe.kind === "log" || probe.kind === "notify";
  const success = isOwnWord ? 1 : options.service.ready.success;
  let succeeded = 0;
  let failed = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let unseen = 0;

  const countFailure = (refused: boolean): void => {
    const isSame = refused && interval === undefined && now() - failedAt < oneFailure;
    if (isOwnWord || isSame) return;
    failed++;
    failedAt = now();
  };

  const fail = (reason: string, refused = false): ReadinessOutcome => {
    succeeded = 0;
    countFailure(refused);
    if (failures !== undefined && failed >= failures) return { kind: "failed", reason };
    throw new NotYet(reason, paceOf(options, refused));
  };

  return async () => {
    const result = await ask();
    if (!result.ok) return fail(result.reason, result.refused);
    failed = 0;
    succeeded++;
    if (succeeded < success) {
      throw new NotYet(`${succeeded} of ${success} successful answers`, paceOf(options, false));
    }
    if (isOwnWord) return { kind: "ready", verified: true };
    const verdict = await verify(options, owner, result.answered);
    if (verdict.kind === "unseen" && ++unseen < unseenLimit) {
      throw new NotYet("its listening socket cannot be seen", "connect");
    }
    return conclude(verdict, options);
  };
}

/** How soon to ask again. Nobody is disturbed by a look, and hardly anybody by a connection that is refused. */
function paceOf({ service, ports }: Subject, refused: boolean): Pace {
  const { kind } = service.ready.probe;
  if (kind === "listen") return "look";
  // Whom a command asks that is no port's is not known, so that nobody's coming can be awaited.
  const isBlind = kind === "exec" && Object.keys(ports).length === 0;
  return refused || isBlind || kind === "log" || kind === "notify" ? "connect" : "ask";
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

/** What the service says itself need not wait for the next poll: the line ends the pause. */
async function pauseFor(ms: Millis, { service, log, word, signal }: ReadinessOptions, gate: Gate): Promise<void> {
  const { kind } = service.ready.probe;
  const sign = kind === "log" ? log?.found : kind === "notify" ? word : undefined;
  if (sign === undefined) return gate.pause(ms, signal);
  using pause = deadline(ms, signal);
  await sign.awaited(pause.signal);
}

function reportChanges(onReason: (reason: string) => void): (reason: string) => void {
  let last: string | undefined;
  return (reason) => {
    if (reason !== last) onReason(reason);
    last = reason;
  };
}
