// launch where nothing of it can leak: in a process namespace of its own under a first process that reaps, so that what is left of a
// run is what is left in the namespace. Where namespaces are not allowed, what is left is found by directory and environment.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Events, newEvents, type Said } from "../helpers/events.ts";
import { bin } from "../helpers/launch.ts";
import { firstProcessOf, livingIn, machinePid as pidOnMachine, unshare } from "../helpers/namespace.ts";
import { isAlive, type Living } from "../helpers/processes.ts";
import { type Manifest, newProject, type TestProject } from "../helpers/project.ts";
import { until, within } from "../helpers/wait.ts";

/** A run of launch, and everything that it has started. Disposing ends the namespace and whatever is left in it. */
export interface Run extends AsyncDisposable {
  readonly project: TestProject;
  readonly events: Events;
  /** Everything on stdout and stderr so far. */
  said(): string;
  /** launch itself, as the machine numbers it. */
  readonly pid: number;
  /** The machine's number of what the run calls `pid`. */
  machinePid(pid: number | undefined): number;
  /** What lives of it, as the run numbers it: launch, its own helpers, the services and all that they have started. */
  living(): readonly Living[];
  isAlive(pid: number): boolean;
  /** To launch, or to what the run calls `pid`. */
  signal(signal: NodeJS.Signals, pid?: number): void;
  /** launch's exit code, or 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>;
  /** Sends the signal to launch and gives its code. */
  end(signal?: NodeJS.Signals): Promise<number>;
  /** Resolves once nothing lives any more. */
  nothingLeft(): Promise<void>;
  /** Has the first process do this, in its shell, after launch has ended. */
  inside(script: string): void;
  /** Starts launch again in the same place, after it has ended. */
  again(args?: readonly string[]): Promise<Run>;
}

/** What differs from `launch --non-interactive --json` in the project's directory. */
export interface Around {
  readonly args?: readonly string[];
  /** Shell commands that are run in the namespace before launch, by its first process. */
  readonly before?: string;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

const usual = ["--non-interactive", "--json"];

// The first process: starts launch, says its pid and its end, starts the next that it is told, and reaps what ends meanwhile.
const init = `
trap : TERM INT HUP
eval "$1"; shift
run() {
  "$@" </dev/null 3>&- 4<&- & p=$!
  echo "pid $p" >&3
  while :; do wait $p; c=$?; kill -0 $p 2>/dev/null || break; done
  echo "code $c" >&3
}
run "$@"
while read -r next <&4; do eval "$next"; done
`;

/** Starts launch with this manifest. */
export async function startRun(manifest: Manifest, around: Around = {}): Promise<Run> {
  const project = newProject(manifest, around.files);
  const command = around.command ?? [process.execPath, bin];
  const all = [
    ...(unshare ?? []),
    "sh",
    "-c",
    init,
    "init",
    around.before ?? ":",
    ...command,
    ...(around.args ?? usual),
  ];
  const [file = "", ...args] = all;
  const child = spawn(file, args, {
    cwd: project.directory,
    env: { ...project.env, ...around.env },
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (data) => (stdout += data));
  child.stderr!.on("data", (data) => (stderr += data));
  const context = (): string => `stdout:\n${stdout.slice(-4000)}\nstderr:\n${stderr.slice(-2000)}`;
  const first = (): number => (unshare === undefined ? child.pid! : firstProcessOf(child.pid!)) ?? 0;

  const living = (): readonly Living[] => {
    if (unshare !== undefined) return livingIn(first());
    return project.processes().filter(({ pid }) => pid !== first());
  };
  const machinePid = (pid: number | undefined): number => {
    const found = unshare === undefined ? pid : pidOnMachine(first(), pid ?? 0);
    if (found === undefined) throw new Error(`${pid} is gone\n${context()}`);
    return found;
  };
  const tell = (line: string): void => void (child.stdio[4] as NodeJS.WritableStream).write(`${line}\n`);
  const told = createInterface(child.stdio[3] as Readable);
  const listening = listen(child.stdout!, context);

  const current = async (): Promise<Run> => {
    const events = listening();
    const { promise: begun, resolve: begin } = Promise.withResolvers<number>();
    const { promise: over, resolve: end } = Promise.withResolvers<number>();
    const hear = (line: string): void => {
      const [what, number] = line.split(" ");
      if (what === "pid") begin(Number(number));
      if (what !== "code") return;
      told.off("line", hear);
      // What it said last may still be on its way.
      setTimeout(() => {
        events.close();
        end(Number(number));
      }, 20);
    };
    told.on("line", hear);
    const inner = await within("the start of launch", begun, context);
    // One that has ended already has none any more.
    let known = isThere(inner) ? machinePid(inner) : undefined;
    const pid = (): number => (known ??= machinePid(inner));
    const ended = (): Promise<number> => within("the end of launch", over, context);
    return {
      project,
      events,
      said: () => stdout + stderr,
      get pid() {
        return pid();
      },
      machinePid,
      living,
      isAlive: (wanted) => living().some(({ pid: one }) => one === wanted),
      signal: (signal, to) => void process.kill(to === undefined ? pid() : machinePid(to), signal),
      get ended() {
        return ended();
      },
      end(signal = "SIGTERM") {
        process.kill(pid(), signal);
        return ended();
      },
      async nothingLeft() {
        const rest = (): string =>
          living()
            .map((one) => `${one.pid} ${one.command}`)
            .join("\n");
        await until(
          "nothing to be left",
          () => living().length === 0,
          () => `${rest()}\n${context()}`,
        );
      },
      inside: tell,
      again(next = usual) {
        const words = [...command, ...next].map((word) => `'${word}'`).join(" ");
        tell(`run ${words}`);
        return current();
      },
      async [Symbol.asyncDispose]() {
        if (unshare === undefined) await project.clear();
        const last = first();
        child.kill("SIGKILL");
        // It is a zombie only when everything else in its namespace has ended.
        await until("the namespace to be gone", () => last === 0 || !isAlive(last));
        await project[Symbol.asyncDispose]();
      },
    };
  };
  const isThere = (inner: number): boolean => {
    try {
      return machinePid(inner) > 0;
    } catch {
      return false;
    }
  };
  try {
    return await current();
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** The events of one launch after the other on the same stream. */
function listen(stdout: Readable, context: () => string): () => Events {
  let events = newEvents(context);
  createInterface(stdout).on("line", (line) => {
    if (line.startsWith("{") && line.endsWith("}")) events.add(JSON.parse(line) as Said);
  });
  return () => (events = newEvents(context));
}

/** The guard of the run's engine, as the run numbers it. */
export function guardOf(run: Run): number {
  const found = run.living().find(({ command }) => command.includes("launch-guard"));
  if (found === undefined) {
    throw new Error(
      `there is no guard\n${run
        .living()
        .map(({ command }) => command.slice(0, 200))
        .join("\n")}`,
    );
  }
  return found.pid;
}

/** Kills launch and its guard before either can do anything about the other; resolves when both are gone. */
export async function killBoth(run: Run): Promise<void> {
  const guard = guardOf(run);
  run.signal("SIGSTOP");
  run.signal("SIGSTOP", guard);
  run.signal("SIGKILL", guard);
  await run.end("SIGKILL");
  await until("the guard to be gone", () => !run.isAlive(guard));
}
