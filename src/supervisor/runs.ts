// The live runs: one process group each, from the spawn to the moment when nothing of it lives. Carries out what the rules
// ask about a run and reports what became of it.

import type { Conflict } from "../core/conflict.ts";
import type { Fact } from "../core/event.ts";
import type { Exit, Failure } from "../core/failure.ts";
import type { Health, Service } from "../core/service.ts";
import { now, sleep } from "../effects/clock.ts";
import { runCommand } from "../effects/processes/command.ts";
import { ForeignFileError, removeFiles, writeFiles, type WrittenFiles } from "../effects/state/generated-files.ts";
import { matchLog } from "../effects/health/log.ts";
import type { LogMatch, Subject } from "../effects/health/subject.ts";
import { systemSockets } from "../effects/health/system.ts";
import { awaitReady } from "../effects/health/readiness.ts";
import { watchHealth } from "../effects/health/watch.ts";
import type { Ports } from "../effects/ports/ports.ts";
import { shellFault, spawnService } from "../effects/processes/spawn.ts";
import { groupAlive, signalProcess } from "../effects/processes/signal.ts";
import { EnvFileError } from "../manifest/dotenv.ts";
import { TemplateError } from "../manifest/interpolate.ts";
import type { Output } from "./output.ts";
import type { Assignment } from "../plan/env.ts";
import { prepare, type Preparation, type RunContext } from "./prepare.ts";

/** What runs need from around them. */
export interface RunsOptions {
  readonly context: RunContext;
  readonly ports: Ports;
  readonly output: Output;
  readonly written: WrittenFiles;
  /** The ports of all services as they are now, those of adopted and unselected ones included. */
  readonly assigned: () => Assignment;
  readonly report: (fact: Fact) => void;
}

/** Carries out effects on runs; none of them throws or waits: what happens is reported. */
export interface Runs {
  start(service: Service, run: number, watchedOnly: boolean): void;
  watch(service: string, run: number): void;
  monitor(service: string, run: number): void;
  stop(service: string, run: number): void;
  kill(service: string, run: number): void;
  /** The run's watchers end and its files go, unless the next run is near; called when the rules see it as over. */
  forget(service: string, keepFiles: boolean): void;
  /** Rewrites the files of running services after a port has moved. */
  rewriteFiles(): Promise<void>;
  /** SIGKILL to every live group. */
  abandon(): void;
}

interface Live {
  readonly run: number;
  readonly marker: string;
  readonly preparation: Preparation;
  readonly spawnedAt: number;
  /** Absent for what is only watched. */
  readonly pid?: number;
  readonly startTicks?: number;
  /** Ends probes and waits of this run. */
  readonly over: AbortController;
  readonly log?: LogMatch;
  ready: boolean;
  /** Ends the watch of its health, which a lost service begins anew. */
  watching?: AbortController;
}

/** Between two looks at a group whose leader has ended. */
const sweepInterval = 10;

/** How an external service without `health:` is watched. */
const externalHealth: Pick<Health, "interval" | "timeout" | "failures" | "success" | "restart"> = {
  interval: 2000,
  timeout: 2000,
  failures: 2,
  success: 1,
  restart: false,
};

/** No run is live yet. */
export function newRuns(options: RunsOptions): Runs {
  const { context, ports, output, written, assigned, report } = options;
  const lives = new Map<string, Live>();

  const live = (name: string, run: number): Live | undefined => {
    const found = lives.get(name);
    return found?.run === run ? found : undefined;
  };

  const begin = async (service: Service, run: number, watchedOnly: boolean): Promise<void> => {
    const { name } = service;
    const marker = `${context.project}/${context.instance}/${name}/${run}/${process.pid}`;
    const over = new AbortController();
    const preparation = await prepare(service, assigned(), context, marker);
    const probe = preparation.service.ready.probe;
    const log = probe.kind === "log" ? { log: matchLog(probe.pattern) } : {};
    if (watchedOnly || preparation.command === undefined) {
      lives.set(name, { run, marker, preparation, spawnedAt: now(), over, ready: false, ...log });
      return report({ type: "started", service: name, run });
    }
    await writeFiles(preparation.files, written);
    const output_ = output.open(name);
    if (log.log !== undefined) showOutput(name, log.log, over.signal);
    const conflicts = await ports.open(name);
    if (conflicts.length > 0) return report({ type: "conflict", service: name, run, conflicts });

    const { command, env } = preparation;
    const spawned = await spawnService(
      { command, cwd: service.workingDir, env, stdin: service.stdin, output: output_ },
      (exit) => {
        void ended(service, run, exit);
      },
    );
    if (!("pid" in spawned)) {
      ports.hold(name);
      return report({ type: "exited", service: name, run, end: { failure: spawned }, left: false });
    }
    const startTicks = spawned.startTicks === undefined ? {} : { startTicks: spawned.startTicks };
    lives.set(name, {
      run,
      marker,
      preparation,
      spawnedAt: now(),
      pid: spawned.pid,
      over,
      ready: false,
      ...startTicks,
      ...log,
    });
    report({ type: "started", service: name, run, pid: spawned.pid });
  };

  /** A log probe sees every line of its run, from the first on. */
  const showOutput = (name: string, match: LogMatch, over: AbortSignal): void => {
    const reading = output.subscribe((from, batch) => {
      if (from === name) match.see(batch);
    });
    over.addEventListener("abort", () => reading[Symbol.dispose](), { once: true });
  };

  /** The leader has ended; what it wrote is seen first, then what it left behind. */
  const ended = async (service: Service, run: number, exit: Exit): Promise<void> => {
    const { name } = service;
    const found = live(name, run);
    found?.over.abort();
    await output.drain(name);
    const pid = found?.pid;
    const left = pid !== undefined && groupAlive(pid);
    if (found?.ready === false && service.endpoints.length > 0 && !left) {
      // A service that dies young because someone was faster to bind: that someone is the news.
      const conflicts = await ports.open(name);
      if (conflicts.length > 0) report({ type: "conflict", service: name, run, conflicts });
    }
    if (!left) ports.hold(name);
    const fault = found?.preparation.command === undefined ? undefined : shellFault(found.preparation.command, exit);
    report({ type: "exited", service: name, run, end: fault === undefined ? { exit } : { failure: fault }, left });
    if (left) await sweep(name, run, pid);
  };

  const sweep = async (name: string, run: number, group: number): Promise<void> => {
    while (groupAlive(group)) await sleep(sweepInterval);
    await output.drain(name);
    ports.hold(name);
    report({ type: "swept", service: name, run });
  };

  const subjectOf = ({ preparation, pid, startTicks, marker, log }: Live): Subject => ({
    service: preparation.service,
    ports: assigned()[preparation.service.name] ?? {},
    env: preparation.env,
    cwd: preparation.service.workingDir,
    marker,
    sockets: systemSockets,
    ...(pid === undefined ? {} : { leader: { pid, ...(startTicks === undefined ? {} : { startTicks }) } }),
    ...(log === undefined ? {} : { log }),
  });

  const awaitProof = async (name: string, found: Live): Promise<void> => {
    const { run, spawnedAt } = found;
    const { signal } = found.over;
    for (;;) {
      const outcome = await awaitReady({
        ...subjectOf(found),
        spawnedAt,
        signal,
        onReason: (reason) => report({ type: "unready", service: name, run, reason }),
      });
      if (signal.aborted) return;
      if (outcome.kind === "ready") {
        found.ready = true;
        return report({ type: "ready", service: name, run, verified: outcome.verified });
      }
      if (outcome.kind === "failed") return report({ type: "never-ready", service: name, run, reason: outcome.reason });
      const conflicts = await strangersOn(name, outcome.port);
      if (conflicts.length > 0) return report({ type: "conflict", service: name, run, conflicts });
    }
  };

  /** The conflict about this one port; none when the stranger has left meanwhile. */
  const strangersOn = async (name: string, port: number): Promise<readonly Conflict[]> =>
    (await ports.open(name)).filter((conflict) => conflict.port === port);

  const watchLoss = (name: string, found: Live): void => {
    const { service } = found.preparation;
    const { run } = found;
    const health: Health = service.health ?? { ...externalHealth, probe: service.ready.probe, owner: "any" };
    const isExternal = found.pid === undefined;
    const watching = new AbortController();
    found.watching?.abort();
    found.watching = watching;
    void watchHealth({
      ...subjectOf(found),
      health,
      signal: AbortSignal.any([found.over.signal, watching.signal]),
      onHealthy: () => report({ type: "healthy", service: name, run }),
      onUnhealthy(reason) {
        // What is not ours to run is not unhealthy but gone, and waited for again.
        if (isExternal) watching.abort();
        report({ type: isExternal ? "lost" : "unhealthy", service: name, run, reason });
      },
    });
  };

  const end = async (name: string, found: Live): Promise<void> => {
    const { service, stopCommand, env } = found.preparation;
    const { pid, startTicks } = found;
    if (pid === undefined) return;
    if (stopCommand !== undefined) {
      const spec = { cwd: service.workingDir, env, log: output.path(name), timeout: service.stop.timeout };
      await runCommand(stopCommand, spec);
      return;
    }
    const group = service.stop.to === "group";
    signalProcess({ pid, group, ...(startTicks === undefined ? {} : { startTicks }) }, service.stop.signal);
    // A stopped process acts on nothing until it is continued.
    signalProcess({ pid, group: true }, "SIGCONT");
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
      // Rejects only when the run is over.
      if (found !== undefined) awaitProof(name, found).catch(ignoreAbort(found.over.signal));
    },
    monitor(name, run) {
      const found = live(name, run);
      if (found === undefined) return;
      found.ready = true;
      watchLoss(name, found);
    },
    stop(name, run) {
      const found = live(name, run);
      found?.over.abort();
      if (found !== undefined) void end(name, found);
    },
    kill(name, run) {
      const pid = live(name, run)?.pid;
      if (pid !== undefined) signalProcess({ pid, group: true, anyUser: true }, "SIGKILL");
    },
    forget(name, keepFiles) {
      const found = lives.get(name);
      if (found === undefined) return;
      found.over.abort();
      lives.delete(name);
      if (!keepFiles) void removeFiles(found.preparation.files, written).catch(() => {});
    },
    async rewriteFiles() {
      for (const [name, found] of lives) {
        if (found.preparation.files.length === 0) continue;
        const { files } = await prepare(found.preparation.service, assigned(), context, found.marker);
        await writeFiles(files, written).catch(() => {});
        lives.set(name, { ...found, preparation: { ...found.preparation, files } });
      }
    },
    abandon() {
      for (const { pid } of lives.values()) {
        if (pid !== undefined) signalProcess({ pid, group: true, anyUser: true }, "SIGKILL");
      }
    },
  };
}

function ignoreAbort(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof TemplateError || error instanceof EnvFileError || error instanceof ForeignFileError) {
    return { kind: "preparation", message: error.message };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return { kind: "spawn", code, message };
}
