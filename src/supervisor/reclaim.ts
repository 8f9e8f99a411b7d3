// Takes over the runs of an engine that died: what still lives is followed on, and how the rest ended is found out.

import { statSync } from "node:fs";
import type { Fact } from "../core/event.ts";
import type { FoundAs, Reclaimed } from "../core/reclaim.ts";
import type { Service } from "../core/service.ts";
import type { Ending } from "../core/state.ts";
import { now, sleep } from "../effects/clock.ts";
import { matchLog } from "../effects/health/log.ts";
import type { Ports } from "../effects/ports/ports.ts";
import { isAlive, listStats, readStat, readVariables } from "../effects/processes/proc.ts";
import { readExit } from "../effects/state/exit-status.ts";
import type { LiveRecord, ProcessRecord, ServiceRecord } from "../effects/state/state.ts";
import type { Assignment } from "../plan/env.ts";
import type { Handover } from "./handover.ts";
import type { Live } from "./live.ts";
import type { Output } from "./output.ts";
import { type Preparation, prepare, type RunContext } from "./prepare.ts";
import type { Runs } from "./runs.ts";

/** What taking over needs from around it. */
export interface ReclaimOptions {
  readonly context: RunContext;
  readonly ports: Ports;
  readonly output: Output;
  readonly runs: Runs;
  readonly handover: Handover;
  readonly assigned: () => Assignment;
  readonly report: (fact: Fact) => void;
}

/** A service with what was written down of it and what was found. */
interface Taken {
  readonly service: Service;
  readonly record: ServiceRecord;
  readonly found: FoundAs;
}

/** Between two looks at the processes that are no children of ours. */
const interval = 50;

/** What is read again of the log of a service that went on, in bytes at most, where readiness is no matter of its lines. */
const readAgain = 2 ** 20;

/** Takes over what the records say of these services, before anything else is asked of the fleet. */
export async function reclaimRuns(
  services: readonly Service[],
  records: Readonly<Record<string, ServiceRecord>>,
  options: ReclaimOptions,
): Promise<void> {
  const { ports, runs, report } = options;
  const taken = services.flatMap((service): readonly Taken[] => {
    const record = records[service.name];
    return record === undefined ? [] : [{ service, record, found: foundAs(service, record) }];
  });
  const begun = taken.filter(({ found }) => found.kind === "live" || found.kind === "ended");
  // All of them first: what a service is told depends on everybody's ports.
  for (const { service, record } of begun) ports.reclaim(service, record.ports);
  for (const one of begun) {
    if (one.record.live !== undefined) {
      runs.reclaim(one.service.name, await resume(one.service, one.record.live, options));
    }
  }
  const factOf = ({ record, found }: Taken): Reclaimed => {
    const { wanted, bounce, run, restarts } = record;
    return { wanted, bounce, run, restarts, ports: record.ports, found };
  };
  report({ type: "reclaimed", services: Object.fromEntries(taken.map((one) => [one.service.name, factOf(one)])) });
  const named = (kind: FoundAs["kind"]): readonly string[] =>
    begun.filter(({ found }) => found.kind === kind).map(({ service }) => service.name);
  report({ type: "noticed", notice: { kind: "reclaimed", services: named("live"), ended: named("ended") } });
  for (const { service, record, found } of begun) {
    if (record.live === undefined) continue;
    if (found.kind === "live") void follow(service, record.live, runs);
    else if (found.kind === "ended") runs.endRest(service, record.live.run, found.left);
  }
}

function foundAs(service: Service, { live, over }: ServiceRecord): FoundAs {
  if (live !== undefined) {
    const lives = isSame(live);
    // Its terminal has died with the engine, and it cannot be given another.
    if (lives && !live.tty) return { kind: "live", pid: live.pid };
    const left = lives || hasMembers(live);
    return { kind: "ended", proved: live.ready || service.type === "task", end: endOf(live), left };
  }
  switch (over?.kind) {
    case undefined:
      return { kind: "down" };
    case "exited":
      return { kind: "exited", exit: { code: over.code, signal: null } };
    case "failed":
      return { kind: "failed", failure: over.failure };
    case "adopted":
      return { kind: "adopted" };
  }
}

function endOf({ status }: LiveRecord): Ending {
  const exit = status === undefined ? undefined : readExit(status);
  return exit === undefined ? { failure: { kind: "unwatched" } } : { exit };
}

function isSame({ pid, startTicks }: ProcessRecord): boolean {
  const stat = readStat(pid);
  return isAlive(stat) && startTicks !== undefined && stat.startTicks === startTicks;
}

// A number whose leader is gone may have become somebody else's group, so its members have to say whose they are.
function hasMembers({ pid, marker }: LiveRecord): boolean {
  return listStats().some(
    (stat) => stat.group === pid && isAlive(stat) && readVariables(stat.pid, ["LAUNCH_RUN"])?.["LAUNCH_RUN"] === marker,
  );
}

/** The run as this engine has it from now on. */
async function resume(service: Service, record: LiveRecord, options: ReclaimOptions): Promise<Live> {
  const { output, context, assigned, report } = options;
  const { pid, startTicks, run, marker, logFrom, sessionFrom, status, ready } = record;
  const over = new AbortController();
  const preparation = await preparationOf(service, marker, context, assigned()).catch((error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    const message = `${service.name} goes on, but whether it is ready can no longer be asked: ${words}`;
    report({ type: "noticed", notice: { kind: "state", message } });
    return unprepared(service, marker);
  });
  const { probe } = preparation.service.ready;
  const log = probe.kind === "log" ? matchLog(probe.pattern) : undefined;
  if (log !== undefined) {
    const reading = output.subscribe((from, batch) => {
      if (from === service.name) log.see(batch);
    });
    over.signal.addEventListener("abort", () => reading[Symbol.dispose](), { once: true });
  }
  const told = options.handover.resume(service, run);
  const size = statSync(output.path(service.name), { throwIfNoEntry: false })?.size ?? 0;
  const from = log === undefined ? Math.max(logFrom, size - readAgain) : logFrom;
  output.resume(service.name, { from, start: sessionFrom });
  return {
    run,
    marker,
    preparation,
    spawnedAt: now(),
    pid,
    over,
    ready,
    logFrom,
    ...(startTicks === undefined ? {} : { startTicks }),
    ...(status === undefined ? {} : { status }),
    ...(log === undefined ? {} : { log }),
    ...(told === undefined ? {} : { told }),
  };
}

function preparationOf(
  service: Service,
  marker: string,
  context: RunContext,
  assignment: Assignment,
): Promise<Preparation> {
  return prepare(service, assignment, context, marker);
}

function unprepared(service: Service, marker: string): Preparation {
  const { health: _, ...rest } = service;
  return {
    service: { ...rest, ready: { ...service.ready, probe: { kind: "none" } } },
    env: { LAUNCH_RUN: marker },
    files: [],
    clashes: [],
  };
}

/** Whoever is no child of ours tells nobody of its end: it is looked at again and again. */
async function follow(service: Service, record: LiveRecord, runs: Runs): Promise<void> {
  while (isSame(record)) await sleep(interval);
  runs.ended(service, record.run, endOf(record));
}
