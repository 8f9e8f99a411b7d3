// Opens what a run needs, in order: the lock on its state directory, the ports, the supervisor.

import type { Conflict } from "../core/conflict.ts";
import type { Notice } from "../core/notice.ts";
import type { Project, Service } from "../core/service.ts";
import type { Rules } from "../core/state.ts";
import { removeFiles, type WrittenFiles } from "../effects/state/generated-files.ts";

import { instanceOwner } from "../effects/ports/leases.ts";
import { openPorts } from "../effects/ports/ports.ts";
import { socketPaths } from "../control/address.ts";
import { readStat } from "../effects/processes/proc.ts";
import { announceRun } from "../effects/state/registry.ts";
import {
  createStateDirectory,
  type RunFile,
  type StatePaths,
  statePaths,
  writeRunFile,
  removeRunFile,
} from "../effects/state/directory.ts";
import { sinceBoot } from "../effects/state/boot.ts";
import { removeStatuses } from "../effects/state/exit-status.ts";
import { endFormer } from "../effects/state/end-former.ts";
import { formerRun } from "../effects/state/former.ts";
import type { KeptPorts, RunRecord, State } from "../effects/state/state.ts";
import { readState } from "../effects/state/state-file.ts";
import { nextTurn } from "../effects/clock.ts";
import { portUsers } from "../plan/env.ts";
import { type Answer, openSupervisor, type Supervisor } from "../supervisor/supervisor.ts";
import { lockHere } from "./lock.ts";
import { recently, recordRun } from "./run-record.ts";
import { openGuarding } from "./guarding.ts";
import { tidyMemoryIn } from "./tidy-memory.ts";
import { RunError, UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** What a run is opened with. */
export interface EngineOptions {
  readonly project: Project;
  readonly services: readonly Service[];
  readonly instance: string;
  readonly rules: Omit<Rules, "portUsers">;
  readonly strictPorts: boolean;
  readonly colors: boolean;
  /** What is to happen to the services should this process die; `end` when not given. */
  readonly onDeath?: RunRecord["onDeath"];
  /** True: goes on with the run of an engine that died. */
  readonly reclaim?: boolean;
  /** The command that goes on with the run in our place, where one may. */
  readonly successor?: readonly string[];
  readonly answer: (
    service: Service,
    conflicts: readonly Conflict[],
    signal: AbortSignal,
  ) => Promise<Answer | undefined>;
}

/** A run with everything it holds; disposing gives it all back. */
export interface Engine extends AsyncDisposable {
  readonly supervisor: Supervisor;
  /** Wall clock at the start of the run, in milliseconds since the epoch, whichever engine had it then. */
  readonly startedAt: number;
  /** Engines of this run that died, and when this one took the place of the last; absent for none. */
  readonly replaced?: { readonly times: number; readonly at: number };
  /** The real path of the run's state directory, which `control.sock` is found by. */
  readonly socketDirectory: string;
  /** Keeps this service's ports for the next run, whoever was in the way. */
  remember(service: string): void;
  /** From now on the run goes on should this process die. */
  outlive(): void;
  /** Says what was found, and takes over from an engine that died where that is what it was opened for; before anything is asked. */
  begin(): Promise<void>;
}

/** From the moment when all has come up or failed until memory is tidied, in milliseconds: the news goes first. */
const quietAfterStart = 300;

/** Opens a run; nothing is started yet. Throws `RunError`, or a `UsageError` for a state directory that cannot be used. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { project, instance } = options;
  const paths = statePaths(project.root, instance, process.env);
  const key = stateDirectoryAt(paths);
  const lock = await lockHere(key, options.reclaim === true);
  if (lock === undefined) throw new RunError(await alreadyRunning(project, instance, key));

  const about = { name: project.name, root: project.root, instance };
  const announcement = announceRun(about);
  const startTicks = readStat(process.pid)?.startTicks;
  const engine = { pid: process.pid, ...(startTicks === undefined ? {} : { startTicks }) };
  const runFile = { ...engine, version: VERSION, ...about };
  const found = readState(key);
  const former = formerRun(found.state, key);
  const taken = options.reclaim === true && former.kind === "killed" ? former.run : undefined;
  const kept = found.state;
  const written: WrittenFiles = { ...kept.files };
  const left =
    former.kind === "killed" && taken === undefined
      ? await endFormer(former.run, spareOf(project.services))
      : undefined;
  if (left !== undefined) await removeFormerFiles(project.services, written);
  const unsaid: Notice[] = [];
  let say = (notice: Notice): void => void unsaid.push(notice);
  let onDeath = options.onDeath ?? "end";
  const { guard, custody } = openGuarding({
    project,
    instance,
    directory: key,
    engine,
    taken,
    sockets: socketPaths(key),
    ...(options.successor !== undefined && { reclaim: options.successor }),
    onLost() {
      say({ kind: "guard-lost" });
      if (guard.process !== undefined) recorder.guard(guard.process);
    },
  });
  const ports = openPorts({ pool: project.portPool, remembered: kept.ports, strict: options.strictPorts, run: about });
  const remembered = new Set<string>();
  let collecting: Disposable | undefined;

  const supervisor = openSupervisor({
    services: options.services,
    rules: { ...options.rules, portUsers: usersOf(options.services) },
    context: {
      project: project.name,
      instance,
      services: project.services,
      processEnv: { ...process.env, LAUNCH_ROOT: project.root },
      colors: options.colors,
    },
    ports,
    logs: paths.logs,
    written,
    elsewhere: likelyPorts(project.services, kept),
    answer: options.answer,
    custody,
    lasting: () => (onDeath === "reclaim" ? key : undefined),
  });

  if (left !== undefined && left.ended.length + left.alive.length > 0) say({ kind: "former-run", ...left });

  const startedAt = taken?.startedAt ?? Math.round(performance.timeOrigin);
  const recorder = recordRun({
    directory: key,
    found,
    supervisor,
    written,
    engine,
    marker: custody.marker,
    since: custody.since,
    ...(custody.instance !== undefined && { tag: custody.instance }),
    say: (message) => say({ kind: "state", message }),
    colors: options.colors,
    startedAt,
    onDeath,
    engines: taken === undefined ? 0 : taken.engines + 1,
    reclaims: taken === undefined ? [] : [...recently(taken.reclaims), sinceBoot()],
    withFiles: new Set(options.services.filter(({ files }) => files.length > 0).map(({ name }) => name)),
    ports: () => ({ ...kept.ports, ...portsToKeep(supervisor, kept, remembered) }),
  });
  guard.mode(onDeath);
  if (guard.process !== undefined) recorder.guard(guard.process);
  let telling: Disposable | undefined;
  const tell = (what: RunFile): void => {
    telling = undefined;
    try {
      writeRunFile(paths, what);
    } catch (error) {
      const { message } = error as Error;
      say({ kind: "state", message: `other commands cannot be told the ports of this run: ${message}` });
    }
  };
  const tellPorts = (): void => tell({ ...runFile, ports: ports.assigned });
  tell(runFile);
  supervisor.subscribe(({ event }) => {
    // In a moment, so that other commands see the ports, and once for all that are claimed together.
    if (event.type === "claimed") telling ??= nextTurn(tellPorts);
    if (supervisor.snapshot().arrived) collecting ??= tidyMemoryIn(quietAfterStart);
  });

  return {
    supervisor,
    startedAt,
    ...(taken !== undefined && { replaced: { times: taken.engines + 1, at: Math.round(performance.timeOrigin) } }),
    socketDirectory: key,
    remember: (service) => remembered.add(service),
    outlive() {
      onDeath = "reclaim";
      guard.mode(onDeath);
      recorder.onDeath(onDeath);
    },
    async begin() {
      say = supervisor.say;
      for (const notice of unsaid) say(notice);
      if (taken === undefined) return;
      await supervisor.reclaim(taken);
      tellPorts();
    },
    async [Symbol.asyncDispose]() {
      collecting?.[Symbol.dispose]();
      telling?.[Symbol.dispose]();
      await supervisor[Symbol.asyncDispose]();
      await guard[Symbol.asyncDispose]();
      recorder[Symbol.dispose]();
      removeStatuses(key);
      removeRunFile(paths);
      announcement[Symbol.dispose]();
      lock[Symbol.dispose]();
    },
  };
}

function spareOf(services: readonly Service[]): readonly string[] {
  return services.flatMap(({ stop }) => stop.spare);
}

/** What a killed run has written for its services is of no use to anybody. */
async function removeFormerFiles(services: readonly Service[], written: WrittenFiles): Promise<void> {
  const kept = new Set(services.flatMap(({ files }) => files.filter(({ keep }) => keep).map(({ path }) => path)));
  const files = Object.keys(written).map((path) => ({ path, content: "", keep: kept.has(path) }));
  await removeFiles(files, written).catch(() => {});
}

/** The real path of the state directory, made if need be. */
function stateDirectoryAt(paths: StatePaths): string {
  try {
    return createStateDirectory(paths);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!["EACCES", "EROFS", "EPERM", "ENOTDIR", "EEXIST", "ENOSPC"].includes(code)) throw error;
    throw new UsageError(
      `${paths.directory} cannot be used for logs and state (${message}). Name another directory by LAUNCH_STATE_DIR.`,
    );
  }
}

async function alreadyRunning(project: Project, instance: string, key: string): Promise<string> {
  const owner = await instanceOwner(key);
  const who = owner === undefined ? "" : ` (pid ${owner.pid})`;
  const which = instance === "default" ? project.name : `${project.name}, instance ${instance},`;
  return `${which} already runs here${who}. See launch status; stop it by launch down, or start a second copy beside it with --instance NAME.`;
}

/** The ports that services have where this run does not start them: as in the last run, else the preferred ones. */
function likelyPorts(services: readonly Service[], kept: State): KeptPorts {
  return Object.fromEntries(
    services.map(({ name, endpoints }) => {
      const preferred = endpoints.flatMap((endpoint) =>
        endpoint.preferred === undefined ? [] : [[endpoint.name, endpoint.preferred]],
      );
      return [name, { ...Object.fromEntries(preferred), ...kept.ports[name] }];
    }),
  );
}

function usersOf(services: readonly Service[]): Readonly<Record<string, readonly string[]>> {
  const users: Record<string, string[]> = {};
  for (const [user, used] of portUsers(services)) for (const service of used) (users[service] ??= []).push(user);
  return users;
}

/**
 * The ports that the next run tries first: what the pool or the system gave, what was moved because another project was
 * there, and what somebody said to remember. A port moved away from a stranger goes back to the preferred one.
 */
function portsToKeep(supervisor: Supervisor, kept: State, remembered: ReadonlySet<string>): KeptPorts {
  const ports: Record<string, Record<string, number>> = {};
  for (const { service, ports: now } of Object.values(supervisor.snapshot().members)) {
    if (service.type === "external") continue;
    for (const endpoint of service.endpoints) {
      const port = now[endpoint.name];
      if (port === undefined) continue;
      const stays =
        endpoint.preferred === undefined ||
        port === endpoint.preferred ||
        remembered.has(service.name) ||
        kept.ports[service.name]?.[endpoint.name] === port;
      if (stays) (ports[service.name] ??= {})[endpoint.name] = port;
    }
  }
  return ports;
}
