// The built command as a child with pipes. `LAUNCH_TEST_BIN` names another build than this checkout's own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Events, newEvents, type Said } from "./events.ts";
import { root, type TestProject } from "./project.ts";
import { within } from "./wait.ts";

/** The program under test. */
export const bin = process.env["LAUNCH_TEST_BIN"] ?? join(root, "bin/launch.js");

/** How a command ended: its code, or the signal's name. */
export type End = number | NodeJS.Signals;

/** A command that ran to its end. */
export interface Finished {
  readonly code: End;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is going; `events` are the JSON lines of its stdout. Disposing ends it if it still lives. */
export interface Going extends AsyncDisposable {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly events: Events;
  readonly stdout: () => string;
  readonly stderr: () => string;
  signal(signal: NodeJS.Signals): void;
  /** How it ended. */
  readonly ended: Promise<End>;
  /** Sends the signal and gives how it ended. */
  end(signal: NodeJS.Signals): Promise<End>;
}

/** What differs from the usual surroundings. */
export interface Around {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What runs launch's script, `node` alone unless it is said. */
  readonly program?: readonly string[];
}

/** Starts `launch` with these arguments in the project. */
export function startLaunch(project: TestProject, args: readonly string[], around: Around = {}): Going {
  const [program = "", ...words] = around.program ?? [process.execPath];
  const child = spawn(program, [...words, bin, ...args], {
    cwd: around.cwd ?? project.directory,
    env: { ...project.env, ...around.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(around.input ?? "");
  child.stdin.on("error", () => {});
  let stdout = "";
  let stderr = "";
  const context = (): string => `stdout:\n${stdout.slice(-4000)}\nstderr:\n${stderr.slice(-2000)}`;
  const events = newEvents(context);
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  createInterface(child.stdout).on("line", (line) => {
    if (line.startsWith("{") && line.endsWith("}")) events.add(JSON.parse(line) as Said);
  });
  // `close` rather than `exit`: all that was said has been heard.
  const closed = once(child, "close").then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
    events.close();
    return (code ?? signal) as End;
  });
  const ended = (): Promise<End> => within("the end of launch", closed, context);

  return {
    pid: child.pid!,
    child,
    events,
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (signal) => void child.kill(signal),
    get ended() {
      return ended();
    },
    end(signal) {
      child.kill(signal);
      return ended();
    },
    // Where a test has failed on the way, launch still cleans up after itself.
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended().catch(() => child.kill("SIGKILL"));
      await closed;
    },
  };
}

/** Runs `launch` to its end. */
export async function launch(project: TestProject, args: readonly string[], around: Around = {}): Promise<Finished> {
  await using going = startLaunch(project, args, around);
  return { code: await going.ended, stdout: going.stdout(), stderr: going.stderr() };
}

/** `launch` as CI runs it, with JSON lines. */
export function startJson(project: TestProject, args: readonly string[] = [], around: Around = {}): Going {
  return startLaunch(project, ["--non-interactive", "--json", ...args], around);
}
