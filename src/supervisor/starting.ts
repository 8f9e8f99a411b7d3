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
import type { Spawn, Spawned } from "../effects/processes/spec.ts";
import { UnsafePathError } from "../effects/files/unsafe.ts";
import { readExit } from "../effects/state/exit-status.ts";
import { ForeignFileError } from "../effects/state/generated-files.ts";
import { EnvFileError } from "../manifest/dotenv.ts";
import { TemplateError } from "../manifest/interpolate.ts";
import type { Assignment } from "../plan/env.ts";
import { contestedPorts } from "./contested.ts";
import type { Custody } from "./custody.ts";
import type { Handover } from "./handover.ts";
import { newLasting } from "./lasting.ts";
import type { Lane } from "./lane.ts";
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
  /** Runs are made ready in it: of many that start together the first are spawned while the others are made ready. */
  readonly lane: Lane;
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
  } finally {
    options.output.follow(service.name);
  }
}

async function begin(service: Service, run: number, watchedOnly: boolean, options: StartingOptions): Promise<void> {
  const { ports, custody, report, onLive, onEnd, forks } = options;
  const made = await options.lane(() => makeReady(service, run, watchedOnly, options));
  if (made === undefined) return;
  const { spec, afterSpawn, live: begun } = made;
  const ended = (end: Ending): void => onEnd(service, run, knownEnd(end, begun.status));
  const spawned: Failure | (Spawned & { readonly terminal?: Terminal }) = service.tty
    ? await (await import("../effects/processes/pty.ts")).spawnInTerminal(spec, (exit) => ended({ exit }))
    : await spawnService(spec, ended, mayFork(service, begun.status) ? forks : undefined);
  afterSpawn();
  if (!("pid" in spawned)) {
    begun.told?.[Symbol.dispose]();
    ports.hold(service.name);
    return report({ type: "exited", service: service.name, run, end: { failure: spawned }, left: false });
  }
  const { pid, startTicks, terminal } = spawned;
  const live: Live = {
    ...begun,
    spawnedAt: now(),
    pid,
    ...(startTicks !== undefined && { startTicks }),
    ...(terminal !== undefined && { terminal }),
  };
  onLive(live);
  custody.began(keptOf(live, pid));
  report({ type: "started", service: service.name, run, pid });
}

/** A task is nothing but its exit code, which is lost with its parent unless it is written down: then that is us. */
function mayFork({ type }: Service, status: string | undefined): boolean {
  return type !== "task" || status !== undefined;
}

/** The end of a run that nobody saw, as it was written down. */
function knownEnd(end: Ending, status: string | undefined): Ending {
  const isUnseen = "failure" in end && end.failure.kind === "unwatched";
  const exit = isUnseen && status !== undefined ? readExit(status) : undefined;
  return exit === undefined ? end : { exit };
}

/** A run that can be spawned. */
interface Made {
  readonly spec: Spawn;
  readonly live: Omit<Live, "spawnedAt">;
  /** What was kept for the spawn alone goes. */
  readonly afterSpawn: () => void;
}

/** Undefined: it is not to be spawned, and that has been reported. */
async function makeReady(
  service: Service,
  run: number,
  watchedOnly: boolean,
  options: StartingOptions,
): Promise<Made | undefined> {
  const { context, ports, output, handover, custody, files, assigned, report, onPrepared, onLive } = options;
  const { name } = service;
  const marker = `${context.project}/${context.instance}/${name}/${run}/${process.pid}`;
  const over = new AbortController();
  const preparation = await prepare(service, assigned(), context, marker);
  onPrepared(preparation);
  const { probe, success } = preparation.service.ready;
  const log = probe.kind === "log" ? { log: matchLog(probe.pattern, success) } : {};
  if (watchedOnly || preparation.command === undefined) {
    onLive({ run, marker, preparation, spawnedAt: now(), over, ready: false, ...log });
    report({ type: "started", service: name, run });
    return undefined;
  }
  await files.write(preparation);
  const output_ = output.open(name);
  if (log.log !== undefined) showLines(output, name, log.log, over.signal);
  const conflicts = await contestedPorts(name, { ports, custody });
  if (conflicts.length > 0) {
    report({ type: "conflict", service: name, run, conflicts });
    return undefined;
  }

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
  const live = {
    run,
    marker,
    preparation,
    over,
    ready: false,
    logFrom: fstatSync(output_).size,
    ...(status !== undefined && { status }),
    ...(handed.told !== undefined && { told: handed.told }),
    ...(tag !== undefined && { tag }),
    ...(cgroup !== undefined && { cgroup }),
    ...log,
  };
  const afterSpawn = (): void => {
    handed.spawned();
    lasting.spawned();
  };
  return { spec, live, afterSpawn };
}

/** A log probe sees every line of its run, from the first on, until the run is over. */
export function showLines(output: Output, name: string, match: LogMatch, over: AbortSignal): void {
  const reading = output.subscribe((from, batch) => {
    if (from === name) match.see(batch);
  });
  over.addEventListener("abort", () => reading[Symbol.dispose](), { once: true });
}

function failureOf(error: unknown): Failure {
  if (error instanceof UnsafePathError) return { kind: "preparation", message: `${error.message}; move it away` };
  if (error instanceof TemplateError || error instanceof EnvFileError || error instanceof ForeignFileError) {
    return { kind: "preparation", message: error.message };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return { kind: "spawn", code, message };
}
