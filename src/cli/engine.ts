// Opens what a run needs, in order: the lock on its state directory, what a killed run left, the guard, the ports, the supervisor,
// and what is written down of all that.

import { join } from "node:path";
import type { Conflict } from "../core/conflict.ts";
import type { Notice } from "../core/notice.ts";
import type { Project, Service } from "../core/service.ts";
import type { Rules } from "../core/state.ts";
import type { ForkServer } from "../effects/processes/fork-server.ts";
import { openPorts } from "../effects/ports/ports.ts";
import { socketPaths } from "../control/address.ts";
import { namedProcess } from "../effects/processes/proc.ts";
import { announceRun } from "../effects/state/registry.ts";
import { type StatePaths, statePaths } from "../effects/state/directory.ts";
import { sinceBoot } from "../effects/state/boot.ts";
import { removeStatuses } from "../effects/state/exit-status.ts";
import { formerRun, readOwnState } from "../effects/state/former.ts";
import { filesBelow, type WrittenFiles } from "../effects/state/generated-files.ts";
import type { RunRecord } from "../effects/state/state.ts";
import { writtenByOthers } from "../effects/state/other-instances.ts";
import { isOwn } from "../effects/state/owner.ts";
import { type Found, readState } from "../effects/state/state-file.ts";
import { portUsers } from "../plan/port-users.ts";
import { type Answer, openSupervisor, type Supervisor } from "../supervisor/supervisor.ts";
import { foreignLeftWords } from "./foreign-run.ts";
import { endFormerRun } from "./former-run.ts";
import { openGuarding } from "./guarding.ts";
import { leftBehind } from "./left-behind.ts";
import { likelyPorts, portsToKeep, rememberedPorts } from "./kept-ports.ts";
import { lockDirectory } from "./lock.ts";
import { keepRunFile } from "./run-file.ts";
import { recently, recordRun } from "./run-record.ts";
import { keepQuiet, tidyMemoryIn } from "./tidy-memory.ts";
import { RunError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** What a run is opened with. */
export interface EngineOptions {
  readonly project: Project;
  readonly services: readonly Service[];
  readonly instance: string;
  readonly rules: Omit<Rules, "portUsers">;
  readonly strictPorts: boolean;
  readonly colors: boolean;
  /** Who starts the services. */
  readonly forks: ForkServer;
  /** Called, perhaps more than once, when all has come up or failed. */
  readonly onArrived: () => void;
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
  /** From now on the run goes on should this process die. One that was taken over does so only after this. */
  outlive(): void;
  /** Says what was found, and takes over from an engine that died where that is what it was opened for; before anything is asked. */
  begin(): Promise<void>;
  /** What is done last of all, while nobody else can begin in this place. */
  lastly(deed: () => void): void;
}

/** From the moment when all has come up or failed until memory is tidied, in milliseconds: the news goes first. */
const quietAfterStart = 300;

/** Opens a run; nothing is started yet. Throws `RunError`, or a `UsageError` for a state directory that cannot be used. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { project, instance, forks } = options;
  const asked = statePaths(project.root, instance, process.env);
  const { directory: key, lock } = await lockDirectory(project, asked, options.reclaim === true);
  const paths = { ...asked, directory: key, logs: join(key, "logs") };

  const about = { name: project.name, root: project.root, instance };
  const found = await takeState(paths, key, lock);
  const announcement = announceRun({ ...about, directory: key });
  const engine = namedProcess(process.pid);
  const former = formerRun(found.state, key);
  const taken = options.reclaim === true && former.kind === "killed" ? former.run : undefined;
  const kept = found.state;
  const written: WrittenFiles = filesBelow(project.root, kept.files);
  const left =
    former.kind === "killed" && taken === undefined
      ? await endFormerRun(former.run, { ...paths, directory: key }, project.services, written)
      : undefined;
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
      if (guard.process === undefined) return;
      recorder.guard(guard.process);
      forks.wakeAtEnd(guard.process);
    },
  });
  if (guard.process !== undefined) forks.wakeAtEnd(guard.process);
  const remembered = rememberedPorts(project.services, project.portPool, kept);
  const ports = openPorts({ pool: project.portPool, remembered, strict: options.strictPorts, run: about });
  const toRemember = new Set<string>();
  const quiet = keepQuiet();
  let lastDeed = (): void => {};
  let collecting: Disposable | undefined;

  const supervisor = openSupervisor({
    services: options.services,
    rules: { ...options.rules, portUsers: usersOf(options.services) },
    context: {
      project: project.name,
      root: project.root,
      instance,
      services: project.services,
      processEnv: { ...process.env, LAUNCH_ROOT: project.root },
      colors: options.colors,
    },
    ports,
    logs: paths.logs,
    written,
    writtenByOthers: writtenByOthers(paths),
    elsewhere: likelyPorts(project.services, remembered),
    answer: options.answer,
    custody,
    forks,
    lasting: () => (onDeath === "reclaim" ? key : undefined),
  });

  if (left !== undefined && left.ended.length + left.alive.length > 0) say({ kind: "former-run", ...left });

  let untaken = taken;
  const startedAt = taken?.startedAt ?? Math.round(performance.timeOrigin);
  const recorder = recordRun({
    directory: key,
    owner: about,
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
    ...(guard.process !== undefined && { guard: guard.process }),
    engines: taken === undefined ? 0 : taken.engines + 1,
    reclaims: taken === undefined ? [] : [...recently(taken.reclaims), sinceBoot()],
    withFiles: new Set(options.services.filter(({ files }) => files.length > 0).map(({ name }) => name)),
    // Until they are in our hands, whoever comes after us must know of them all the same.
    services: () => (untaken === undefined ? supervisor.records() : untaken.services),
    ports: () => portsToKeep(Object.values(supervisor.snapshot().members), project.portPool, kept, toRemember),
  });
  // The former engine's guard ends everything should we die before all is ours, and two must not differ.
  if (taken === undefined) guard.mode(onDeath);
  const runFile = keepRunFile(paths, { ...engine, version: VERSION, ...about }, supervisor, ports, (notice) =>
    say(notice),
  );
  supervisor.subscribe(() => {
    if (!supervisor.snapshot().arrived) return;
    options.onArrived();
    collecting ??= tidyMemoryIn(quietAfterStart);
  });

  return {
    supervisor,
    startedAt,
    ...(taken !== undefined && { replaced: { times: taken.engines + 1, at: Math.round(performance.timeOrigin) } }),
    socketDirectory: key,
    remember: (service) => toRemember.add(service),
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
      untaken = undefined;
      runFile.now();
    },
    lastly(deed) {
      lastDeed = deed;
    },
    async [Symbol.asyncDispose]() {
      quiet[Symbol.dispose]();
      collecting?.[Symbol.dispose]();
      await supervisor[Symbol.asyncDispose]();
      await guard[Symbol.asyncDispose]();
      recorder[Symbol.dispose]();
      removeStatuses(key);
      runFile[Symbol.dispose]();
      lastDeed();
      announcement[Symbol.dispose]();
      lock[Symbol.dispose]();
    },
  };
}

/** What this project has kept here. What another one has kept is not ours: nothing is begun while processes of its run live. */
async function takeState(paths: StatePaths, directory: string, lock: Disposable): Promise<Found> {
  const { owner } = readState(directory).state;
  if (owner !== undefined && !isOwn(owner, paths)) {
    const left = await leftBehind(directory);
    if (left.size > 0) {
      lock[Symbol.dispose]();
      throw new RunError(foreignLeftWords(owner, left.size, paths));
    }
  }
  return readOwnState(paths);
}

function usersOf(services: readonly Service[]): Readonly<Record<string, readonly string[]>> {
  const users: Record<string, string[]> = {};
  for (const [user, used] of portUsers(services)) for (const service of used) (users[service] ??= []).push(user);
  return users;
}
