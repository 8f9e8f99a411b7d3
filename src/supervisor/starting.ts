// The start of a run: it is prepared, its files are written, its ports are free, it is handed what it gets, and then spawned.

import { fstatSync } from "node:fs";
import type { Fact } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import type { Service } from "../core/service.ts";
import type { Ending } from "../core/state.ts";
import { now } from "../effects/clock.ts";
import { matchLog } from "../effects/health/log.ts";
import type { LogMatch } from "../effects/health/subject.ts";
import type { Ports } from "../effects/ports/ports.ts";
import type { ForkServer } from "../effects/processes/fork-server.ts";
import type { Terminal } from "../effects/processes/pty.ts";
import { spawnService } from "../effects/processes/spawn.ts";
import type { Spawned } from "../effects/processes/spec.ts";
import { ForeignFileError } from "../effects/state/generated-files.ts";
import { EnvFileError } from "../manifest/dotenv.ts";
import { TemplateError } from "../manifest/interpolate.ts";
import type { Assignment } from "../plan/env.ts";
import { contestedPorts } from "./contested.ts";
import type { Custody } from "./custody.ts";
import type { Handover } from "./handover.ts";
import { newLasting } from "./lasting.ts";
import { keptOf, type Live } from "./live.ts";
import type { Output } from "./output.ts";
import { type Preparation, prepare, type RunContext } from "./prepare.ts";
import type { RunFiles } from "./run-files.ts";

/** What starting needs from around it. */
export interface StartingOptions {
  readonly context: RunContext;
  readonly ports: Ports;
  readonly output: Output;
  readonly handover: Handover;
  readonly custody: Custody;
  /** Who starts services in our place; undefined: nobody. */
  readonly forks: ForkServer | undefined;
  readonly files: RunFiles;
  /** The ports of all services as they are now, those of adopted and unselected ones included. */
  readonly assigned: () => Assignment;
  readonly report: (fact: Fact) => void;
  /** The state directory while runs are to outlive this process; undefined: they are not. */
  readonly lasting?: () => string | undefined;
  /** The service as it is about to be started. */
  readonly onPrepared: (preparation: Preparation) => void;
  /** The run lives, or what is only watched is watched from now on. */
  readonly onLive: (live: Live) => void;
  /** The process that was spawned has ended. */
  readonly onEnd: (service: Service, run: number, end: Ending) => void;
}

/** Starts a run; what becomes of it is reported, what went wrong as well. */
export async function startRun(
  service: Service,
  run: number,
  watchedOnly: boolean,
  options: StartingOptions,
): Promise<void> {
  const { ports, report } = options;
  try {
    await begin(service, run, watchedOnly, options);
  } catch (error) {
    ports.hold(service.name);
    report({ type: "exited", service: service.name, run, end: { failure: failureOf(error) }, left: false });
  }
}

async function begin(service: Service, run: number, watchedOnly: boolean, options: StartingOptions): Promise<void> {
  const { context, ports, output, handover, custody, files, assigned, report, onPrepared, onLive, onEnd } = options;
  const { name } = service;
  const marker = `${context.project}/${context.instance}/${name}/${run}/${process.pid}`;
  const over = new AbortController();
  const preparation = await prepare(service, assigned(), context, marker);
  onPrepared(preparation);
  const probe = preparation.service.ready.probe;
  const log = probe.kind === "log" ? { log: matchLog(probe.pattern) } : {};
  if (watchedOnly || preparation.command === undefined) {
    onLive({ run, marker, preparation, spawnedAt: now(), over, ready: false, ...log });
    return report({ type: "started", service: name, run });
  }
  await files.write(preparation);
  const output_ = output.open(name);
  if (log.log !== undefined) showLines(output, name, log.log, over.signal);
  const conflicts = await contestedPorts(name, { ports, custody });
  if (conflicts.length > 0) return report({ type: "conflict", service: name, run, conflicts });

  const { command, env } = preparation;
  const handed = await handover.give(service, run);
  const lasting = await newLasting(options.lasting?.(), service, run);
  const { status } = lasting.spawn;
  const tag = custody.tag(name, run);
  const cgroup = custody.cgroup(service, run);
  const spec = {
    command,
    cwd: service.workingDir,
    env: { ...env, ...handed.env },
    stdin: service.stdin,
    output: output_,
    ...lasting.spawn,
    ...(tag !== undefined && { tag }),
    ...(cgroup !== undefined && { cgroup }),
    ...handed.spawn,
  };
  const logFrom = fstatSync(output_).size;
  const ended = (end: Ending): void => onEnd(service, run, end);
  const spawned: Failure | (Spawned & { readonly terminal?: Terminal }) = service.tty
    ? await (await import("../effects/processes/pty.ts")).spawnInTerminal(spec, (exit) => ended({ exit }))
    : await spawnService(spec, ended, options.forks);
  handed.spawned();
  lasting.spawned();
  if (!("pid" in spawned)) {
    handed.told?.[Symbol.dispose]();
    ports.hold(name);
    return report({ type: "exited", service: name, run, end: { failure: spawned }, left: false });
  }
  const { pid, startTicks, terminal } = spawned;
  const live: Live = {
    run,
    marker,
    preparation,
    spawnedAt: now(),
    pid,
    over,
    ready: false,
    logFrom,
    ...(status !== undefined && { status }),
    ...(handed.told !== undefined && { told: handed.told }),
    ...(startTicks !== undefined && { startTicks }),
    ...(terminal !== undefined && { terminal }),
    ...(tag !== undefined && { tag }),
    ...(cgroup !== undefined && { cgroup }),
    ...log,
  };
  onLive(live);
  custody.began(keptOf(live, pid));
  report({ type: "started", service: name, run, pid });
}

/** A log probe sees every line of its run, from the first on, until the run is over. */
export function showLines(output: Output, name: string, match: LogMatch, over: AbortSignal): void {
  const reading = output.subscribe((from, batch) => {
    if (from === name) match.see(batch);
  });
  over.addEventListener("abort", () => reading[Symbol.dispose](), { once: true });
}

function failureOf(error: unknown): Failure {
  if (error instanceof TemplateError || error instanceof EnvFileError || error instanceof ForeignFileError) {
    return { kind: "preparation", message: error.message };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return { kind: "spawn", code, message };
}
