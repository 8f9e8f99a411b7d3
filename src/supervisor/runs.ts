// The live runs: one process group each, from the spawn to the moment when nothing of it lives. Carries out what the rules
// ask about a run and reports what became of it.

import { fstatSync } from "node:fs";
import type { Conflict } from "../core/conflict.ts";
import type { Fact } from "../core/event.ts";
import type { Exit, Failure } from "../core/failure.ts";
import type { NodeSignal, Service } from "../core/service.ts";
import type { Details } from "../core/session.ts";
import type { Ending } from "../core/state.ts";
import { now, sleep } from "../effects/clock.ts";
import { ForeignFileError, removeFiles, writeFiles, type WrittenFiles } from "../effects/state/generated-files.ts";
import { removeStatus } from "../effects/state/exit-status.ts";
import { matchLog } from "../effects/health/log.ts";
import type { LogMatch } from "../effects/health/subject.ts";
import type { Ports } from "../effects/ports/ports.ts";
import type { Terminal } from "../effects/processes/pty.ts";
import { shellFault, type Spawned, spawnService } from "../effects/processes/spawn.ts";
import { haltGroup, type HaltedGroup } from "../effects/processes/halt.ts";
import { groupAlive, signalProcess } from "../effects/processes/signal.ts";
import { EnvFileError } from "../manifest/dotenv.ts";
import { TemplateError } from "../manifest/interpolate.ts";
import type { Output } from "./output.ts";
import type { Assignment } from "../plan/env.ts";
import { newLasting } from "./lasting.ts";
import type { Live } from "./live.ts";
import { detailsOf } from "./details.ts";
import { abortMain, askToEnd, killNow, leaderOf } from "./ending.ts";
import type { Custody, Kept } from "./custody.ts";
import type { Handover } from "./handover.ts";
import { newProof } from "./proof.ts";
import { type Preparation, prepare, type RunContext } from "./prepare.ts";

/** What runs need from around them. */
export interface RunsOptions {
  readonly context: RunContext;
  readonly ports: Ports;
  readonly output: Output;
  readonly written: WrittenFiles;
  readonly handover: Handover;
  readonly custody: Custody;
  /** The ports of all services as they are now, those of adopted and unselected ones included. */
  readonly assigned: () => Assignment;
  readonly report: (fact: Fact) => void;
  /** The state directory while runs are to outlive this process; undefined: they are not. */
  readonly lasting?: () => string | undefined;
}

/** Carries out effects on runs; none of them throws or waits: what happens is reported. */
export interface Runs {
  start(service: Service, run: number, watchedOnly: boolean): void;
  watch(service: string, run: number): void;
  monitor(service: string, run: number): void;
  /** `abort`: by SIGABRT to its main process. */
  stop(service: string, run: number, abort: boolean): void;
  kill(service: string, run: number): void;
  /** The run's watchers end and its files go, unless the next run is near; called when the rules see it as over. */
  forget(service: string, keepFiles: boolean): void;
  /** Rewrites the files of running services after a port has moved. */
  rewriteFiles(): Promise<void>;
  /** What the service's latest run was started with. */
  details(service: string): Details | undefined;
  /** Sends a signal to the run's group; false when nothing of it lives. */
  signal(service: string, signal: NodeSignal): boolean;
  /** Stops the run's group for a moment; undefined when nothing of it lives or it does not stand still. */
  halt(service: string): Promise<HaltedGroup | undefined>;
  /** The service's own terminal while a run of it with `tty: true` is live. */
  terminal(service: string): Terminal | undefined;
  /** The runs that are live now, by service. */
  readonly lives: ReadonlyMap<string, Live>;
  /** Has a run that was begun by an engine before this one. */
  reclaim(service: string, live: Live): void;
  /** Such a run has ended. */
  ended(service: Service, run: number, end: Ending): void;
  /** Such a run had ended before, and nothing of it is left. */
  endRest(service: string, run: number): void;
  /** SIGKILL to every live group. */
  abandon(): void;
  /** Resolves once what was begun about files is done. */
  settled(): Promise<unknown>;
}

/** Between two looks at a group whose leader has ended. */
const sweepInterval = 10;

/** No run is live yet. */
export function newRuns(options: RunsOptions): Runs {
  const { context, ports, output, written, handover, custody, assigned, report } = options;
  const lives = new Map<string, Live>();
  const prepared = new Map<string, Preparation>();
  // A service that is started again at once writes its files after the former run's have gone.
  const removals = new Map<string, Promise<void>>();
  const proof = newProof({ ports, assigned, report });

  const live = (name: string, run: number): Live | undefined => {
    const found = lives.get(name);
    return found?.run === run ? found : undefined;
  };

  /** The ports that others have; not what former runs of the service left, which is waited for. */
  const contested = async (name: string): Promise<readonly Conflict[]> => {
    const conflicts = await ports.open(name);
    return conflicts.length > 0 && (await custody.swept(name)) ? ports.open(name) : conflicts;
  };

  /** Nothing of the run's group lives any more. */
  const isOver = (service: Service, found: Live | undefined, end?: Ending): void => {
    if (found?.pid === undefined) return;
    const code = end !== undefined && "exit" in end ? end.exit.code : null;
    const isCompleted =
      service.type === "task" && (code === 0 || (code !== null && service.successExitCodes.includes(code)));
    custody.over(keptOf(service, found, found.pid), isCompleted);
  };

  const begin = async (service: Service, run: number, watchedOnly: boolean): Promise<void> => {
    const { name } = service;
    const marker = `${context.project}/${context.instance}/${name}/${run}/${process.pid}`;
    const over = new AbortController();
    const preparation = await prepare(service, assigned(), context, marker);
    prepared.set(name, preparation);
    const probe = preparation.service.ready.probe;
    const log = probe.kind === "log" ? { log: matchLog(probe.pattern) } : {};
    if (watchedOnly || preparation.command === undefined) {
      lives.set(name, { run, marker, preparation, spawnedAt: now(), over, ready: false, ...log });
      return report({ type: "started", service: name, run });
    }
    await removals.get(name);
    await writeFiles(preparation.files, written);
    const output_ = output.open(name);
    if (log.log !== undefined) showOutput(name, log.log, over.signal);
    const conflicts = await contested(name);
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
    const onExit = (exit: Exit): void => void ended(service, run, { exit });
    const spawned: Failure | (Spawned & { readonly terminal?: Terminal }) = service.tty
      ? await (await import("../effects/processes/pty.ts")).spawnInTerminal(spec, onExit)
      : await spawnService(spec, onExit);
    handed.spawned();
    lasting.spawned();
    if (!("pid" in spawned)) {
      handed.told?.[Symbol.dispose]();
      ports.hold(name);
      return report({ type: "exited", service: name, run, end: { failure: spawned }, left: false });
    }
    const startTicks = spawned.startTicks === undefined ? {} : { startTicks: spawned.startTicks };
    const found = {
      run,
      marker,
      preparation,
      spawnedAt: now(),
      pid: spawned.pid,
      over,
      ready: false,
      logFrom,
      ...(status !== undefined && { status }),
      ...(handed.told !== undefined && { told: handed.told }),
      ...startTicks,
      ...(spawned.terminal !== undefined && { terminal: spawned.terminal }),
      ...(tag !== undefined && { tag }),
      ...(cgroup !== undefined && { cgroup }),
      ...log,
    };
    lives.set(name, found);
    custody.began(keptOf(service, found, spawned.pid));
    report({ type: "started", service: name, run, pid: spawned.pid });
  };

  /** A log probe sees every line of its run, from the first on. */
  const showOutput = (name: string, match: LogMatch, over: AbortSignal): void => {
    const reading = output.subscribe((from, batch) => {
      if (from === name) match.see(batch);
    });
    over.addEventListener("abort", () => reading[Symbol.dispose](), { once: true });
  };

  const remove = async ({ preparation }: Live): Promise<void> => {
    // A file that cannot be removed is in nobody's way: the next run writes over what is ours.
    await removeFiles(preparation.files, written).catch(() => {});
  };

  /** The leader has ended; what it wrote is seen first, then what it left behind. */
  const ended = async (service: Service, run: number, end: Ending): Promise<void> => {
    const { name } = service;
    const found = live(name, run);
    found?.over.abort();
    await found?.stopCommand?.ended;
    await output.drain(name);
    const pid = found?.pid;
    const left = pid !== undefined && groupAlive(pid);
    if (!left) isOver(service, found, end);
    if (found?.ready === false && service.endpoints.length > 0 && !left) {
      // A service that dies young because someone was faster to bind: that someone is the news.
      const conflicts = await contested(name);
      if (conflicts.length > 0) report({ type: "conflict", service: name, run, conflicts });
    }
    if (!left) ports.hold(name);
    const { command, env } = found?.preparation ?? {};
    const fault = "exit" in end && command && env && shellFault({ command, cwd: service.workingDir, env }, end.exit);
    report({ type: "exited", service: name, run, end: fault ? { failure: fault } : end, left });
    if (!left) return;
    // Who was left out of the stop signal hears of it now.
    const wasLeftOut = service.stop.to === "leader" || found?.stopCommand !== undefined || found?.aborted === true;
    if (wasLeftOut) signalProcess({ pid, group: true, anyUser: true }, service.stop.signal);
    await sweep(service, run, pid);
  };

  const sweep = async (service: Service, run: number, group: number): Promise<void> => {
    const { name } = service;
    while (groupAlive(group)) await sleep(sweepInterval);
    isOver(service, live(name, run));
    await live(name, run)?.terminal?.drain();
    await output.drain(name);
    ports.hold(name);
    report({ type: "swept", service: name, run });
  };

  const forget = (name: string, keepFiles: boolean): void => {
    const found = lives.get(name);
    if (found === undefined) return;
    found.over.abort();
    found.terminal?.[Symbol.dispose]();
    found.told?.[Symbol.dispose]();
    if (found.status !== undefined) removeStatus(found.status);
    lives.delete(name);
    if (!keepFiles && found.preparation.files.length > 0) removals.set(name, remove(found));
  };

  return {
    start(service, run, watchedOnly) {
      begin(service, run, watchedOnly).catch((error: unknown) => {
        ports.hold(service.name);
        report({ type: "exited", service: service.name, run, end: { failure: failureOf(error) }, left: false });
      });
    },
    watch(name, run) {
      const found = live(name, run);
      if (found !== undefined) proof.readiness(found);
    },
    monitor(name, run) {
      const found = live(name, run);
      if (found === undefined) return;
      found.ready = true;
      const { service } = found.preparation;
      if (service.health !== undefined || found.pid === undefined) proof.health(found);
      if (found.pid !== undefined) found.told?.guard(leaderOf(found, found.pid));
    },
    stop(name, run, abort) {
      const found = live(name, run);
      found?.over.abort();
      if (found === undefined) return;
      if (abort) abortMain(found);
      else askToEnd(found, () => output.current(name));
    },
    kill(name, run) {
      const found = live(name, run);
      if (found !== undefined) killNow(found);
    },
    forget,
    async rewriteFiles() {
      for (const found of lives.values()) {
        if (found.preparation.files.length === 0) continue;
        const { files } = await prepare(found.preparation.service, assigned(), context, found.marker);
        await writeFiles(files, written).catch(() => {});
        found.preparation = { ...found.preparation, files };
      }
    },
    details(name) {
      const preparation = prepared.get(name);
      return preparation === undefined ? undefined : detailsOf(preparation);
    },
    signal(name, signal) {
      const { pid, startTicks } = lives.get(name) ?? {};
      if (pid === undefined) return false;
      const target = { pid, group: true, anyUser: true, ...(startTicks === undefined ? {} : { startTicks }) };
      return signalProcess(target, signal) === "sent";
    },
    async halt(name) {
      const { pid, startTicks } = lives.get(name) ?? {};
      if (pid === undefined) return undefined;
      return haltGroup({ pid, ...(startTicks === undefined ? {} : { startTicks }) });
    },
    terminal: (name) => lives.get(name)?.terminal,
    lives,
    reclaim(name, taken) {
      lives.set(name, taken);
      if (taken.pid !== undefined) custody.took(keptOf(taken.preparation.service, taken, taken.pid));
    },
    ended: (service, run, end) => void ended(service, run, end),
    endRest(name, run) {
      const found = live(name, run);
      if (found === undefined) return;
      isOver(found.preparation.service, found);
      ports.hold(name);
      forget(name, false);
    },
    settled: () => Promise.all(removals.values()),
    abandon() {
      for (const found of lives.values()) killNow(found);
    },
  };
}

function keptOf(service: Service, { run, marker, startTicks, cgroup }: Live, pid: number): Kept {
  const named = { ...(startTicks !== undefined && { startTicks }), ...(cgroup !== undefined && { cgroup }) };
  return { service, run, marker, pid, ...named };
}

function failureOf(error: unknown): Failure {
  if (error instanceof TemplateError || error instanceof EnvFileError || error instanceof ForeignFileError) {
    return { kind: "preparation", message: error.message };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return { kind: "spawn", code, message };
}
