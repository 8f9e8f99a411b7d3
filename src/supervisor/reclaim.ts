// Takes over the runs of an engine that died: what still lives is followed on, and how the rest ended is found out.

import { statSync } from "node:fs";
import type { Fact } from "../core/event.ts";
import type { FoundAs, Reclaimed } from "../core/found.ts";
import type { Service } from "../core/service.ts";
import type { Ending } from "../core/state.ts";
import { now } from "../effects/clock.ts";
import { matchLog } from "../effects/health/log.ts";
import type { Ports } from "../effects/ports/ports.ts";
import type { Swept } from "../effects/processes/sweep.ts";
import { fromBoot } from "../effects/state/boot.ts";
import { readExit } from "../effects/state/exit-status.ts";
import { awaitEnd } from "../effects/processes/await-end.ts";
import { isProcess } from "../effects/processes/proc.ts";
import type { LiveRecord, RunRecord, ServiceRecord } from "../effects/state/state.ts";
import type { Assignment } from "../plan/env.ts";
import type { Handover } from "./handover.ts";
import type { Live } from "./live.ts";
import type { Output } from "./output.ts";
import { type Preparation, prepare, type RunContext } from "./prepare.ts";
import type { Runs } from "./runs.ts";
import { showLines } from "./starting.ts";
import { endStrays } from "./strays.ts";

/** What taking over needs from around it. */
export interface ReclaimOptions {
  readonly context: RunContext;
  readonly ports: Ports;
  readonly output: Output;
  readonly handover: Handover;
  readonly runs: Runs;
  readonly assigned: () => Assignment;
  readonly report: (fact: Fact) => void;
}

/** A service with what was written down of it and what was found. */
interface Taken {
  readonly service: Service;
  readonly record: ServiceRecord;
  readonly found: FoundAs;
}

/** What is read again of the log of a service that went on, in bytes at most, where readiness is no matter of its lines. */
const readAgain = 2 ** 20;

/** Takes over the run, before anything else is asked of the fleet. Services that the manifest no longer has are ended. */
export async function reclaimRuns(
  services: readonly Service[],
  run: RunRecord,
  options: ReclaimOptions,
): Promise<void> {
  const { ports, runs, report } = options;
  const live = new Set(services.flatMap(({ name }) => run.services[name]?.live ?? []).filter(goesOn));
  const spare = services.flatMap(({ stop }) => stop.spare);
  const strays = await endStrays(run, [...live], spare);
  const taken = services.flatMap((service): readonly Taken[] => {
    const record = run.services[service.name];
    return record === undefined ? [] : [{ service, record, found: foundAs(service, record, live) }];
  });
  const begun = taken.filter(({ found }) => found.kind === "live" || found.kind === "ended");
  // All of them first: what a service is told depends on everybody's ports.
  for (const { service, record } of begun) ports.reclaim(service, record.ports);
  for (const { service, record } of begun) {
    if (record.live !== undefined) runs.reclaim(service.name, await resume(service, record.live, options));
  }
  const factOf = ({ record, found }: Taken): Reclaimed => {
    const { wanted, needed, bounce, run: number, restarts, ports: had } = record;
    const recentRestarts = record.recentRestarts.map(fromBoot);
    return { wanted, ...(needed && { needed }), bounce, run: number, restarts, recentRestarts, ports: had, found };
  };
  report({ type: "reclaimed", services: Object.fromEntries(taken.map((one) => [one.service.name, factOf(one)])) });
  for (const { service, record, found } of begun) {
    if (record.live === undefined) continue;
    if (found.kind === "live") {
      // The engine may have died while it had stopped the service to rotate its log.
      runs.signal(service.name, "SIGCONT");
      void follow(service, record.live, runs);
    } else runs.endRest(service.name, record.live.run);
  }
  const named = (kind: FoundAs["kind"]): readonly string[] =>
    begun.filter(({ found }) => found.kind === kind).map(({ service }) => service.name);
  report({ type: "noticed", notice: { kind: "reclaimed", services: named("live"), ended: named("ended") } });
  sayStrays(strays, report);
}

/** True for what can be taken back: it lives, and it has no terminal that died with the engine. */
function goesOn(live: LiveRecord): boolean {
  return isProcess(live) && !live.tty;
}

function foundAs(service: Service, { live, over }: ServiceRecord, taken: ReadonlySet<LiveRecord>): FoundAs {
  if (live !== undefined) {
    if (taken.has(live)) return { kind: "live", pid: live.pid };
    return { kind: "ended", proved: live.ready || service.type === "task", end: endOf(live) };
  }
  switch (over?.kind) {
    case undefined:
      return { kind: "down" };
    case "exited":
      return { kind: "exited", exit: { code: over.code, signal: null } };
    case "failed":
      return { kind: "failed", failure: over.failure };
    case "backoff":
      return { kind: "backoff", until: fromBoot(over.until), failure: over.failure };
    case "adopted":
      return { kind: "adopted" };
  }
}

function endOf({ status }: LiveRecord): Ending {
  const exit = status === undefined ? undefined : readExit(status);
  return exit === undefined ? { failure: { kind: "unwatched" } } : { exit };
}

function sayStrays(strays: readonly Swept[], report: (fact: Fact) => void): void {
  const ended = strays.flatMap((swept) => swept.ended);
  const alive = strays.flatMap((swept) => swept.alive);
  if (ended.length + alive.length === 0) return;
  report({ type: "noticed", notice: { kind: "former-run", ended, alive } });
}

/** The run as this engine has it from now on. */
async function resume(service: Service, record: LiveRecord, options: ReclaimOptions): Promise<Live> {
  const { output, context, handover, assigned, report } = options;
  const { pid, startTicks, run, marker, tag, logFrom, sessionFrom, status, cgroup, ready } = record;
  const over = new AbortController();
  const preparation = await prepare(service, assigned(), context, marker).catch((error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    const message = `${service.name} goes on, but whether it is ready can no longer be asked: ${words}`;
    report({ type: "noticed", notice: { kind: "state", message } });
    return unprepared(service, marker);
  });
  const { probe, success } = preparation.service.ready;
  const log = probe.kind === "log" ? matchLog(probe.pattern, success) : undefined;
  // The line that it was known by may have been archived since.
  if (ready) log?.found.give();
  else if (log !== undefined) showLines(output, service.name, log, over.signal);
  const size = statSync(output.path(service.name), { throwIfNoEntry: false })?.size ?? 0;
  const from = log === undefined || ready ? Math.max(logFrom, size - readAgain) : logFrom;
  output.resume(service.name, { from, start: sessionFrom });
  const told = handover.resume(service, run);
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
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(tag === undefined ? {} : { tag }),
    ...(log === undefined ? {} : { log }),
    ...(told === undefined ? {} : { told }),
  };
}

function unprepared(service: Service, marker: string): Preparation {
  const { health: _, ...rest } = service;
  return {
    service: { ...rest, ready: { ...service.ready, probe: { kind: "none" } } },
    env: { LAUNCH_RUN: marker },
    files: [],
    setBy: { manifest: [], launch: [] },
    clashes: [],
  };
}

async function follow(service: Service, record: LiveRecord, runs: Runs): Promise<void> {
  await awaitEnd(record);
  runs.ended(service, record.run, endOf(record));
}
