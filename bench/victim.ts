// A launch that is going to be killed: started in either of the two ways in which an engine runs, and ended however one likes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { environment, stampFile } from "./launch.ts";
import { type Bench, now } from "./machine.ts";
import { clear, inhabitants } from "./witness.ts";

/** How it is started, and as whom. */
export interface VictimOptions {
  /** `plain`: one process, as in CI. `terminal`: the engine behind a dashboard, with this process as its face. */
  readonly engine: "plain" | "terminal";
  /** The user, and the group of the same number, that it runs as; undefined: ours. */
  readonly uid?: number | undefined;
  readonly node?: string;
  readonly args?: readonly string[];
}

/** A running launch; nothing of its directory lives after disposal. */
export interface Victim extends AsyncDisposable {
  readonly pid: number;
  readonly directory: string;
  /** When the process was spawned, in monotonic milliseconds. */
  readonly startedAt: number;
  /** Waits for that many processes beside the engine; throws after a minute, or when the engine ends before. */
  populated(count: number): Promise<void>;
  /** Waits until a condition holds, looked at every few milliseconds; throws likewise. */
  until(what: string, holds: () => boolean): Promise<void>;
  /** True once the process has ended. */
  hasEnded(): boolean;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

const limitMs = 60_000;

/** Starts launch in a project directory. */
export function startVictim(bench: Bench, directory: string, options: VictimOptions): Victim {
  const startedAt = now();
  const child =
    options.engine === "plain" ? startPlain(bench, directory, options) : startEngine(bench, directory, options);
  const { pid } = child;
  if (pid === undefined) throw new Error("launch could not be spawned");
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-4000)));
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-4000)));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const gone = once(child, "exit");

  async function until(what: string, holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (hasEnded()) throw new Error(`launch ended (${child.exitCode ?? child.signalCode}) before ${what}:\n${words}`);
      if (now() - startedAt > limitMs) throw new Error(`not within ${limitMs} ms: ${what}:\n${words}`);
      await sleep(5);
    }
  }

  return {
    pid,
    directory,
    startedAt,
    until,
    hasEnded,
    populated: (count) => until(`${count} processes run`, () => inhabitants(directory).length > count),
    ended: gone.then(() => child.exitCode ?? child.signalCode ?? ""),
    async [Symbol.asyncDispose]() {
      if (!hasEnded()) child.kill("SIGKILL");
      await gone;
      await clear(directory);
    },
  };
}

function startPlain(bench: Bench, directory: string, options: VictimOptions): ChildProcess {
  const args = [bench.launch, "--non-interactive", "--quiet", "--on-failure", "continue", ...(options.args ?? [])];
  return spawn(options.node ?? process.execPath, args, {
    ...common(directory, options),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Descriptor 3 is how an engine knows its face: it is told to begin, and what it says is read and forgotten. */
function startEngine(bench: Bench, directory: string, options: VictimOptions): ChildProcess {
  const args = [bench.launch, "--engine", ...(options.args ?? [])];
  const child = spawn(options.node ?? process.execPath, args, {
    ...common(directory, options),
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const lifeline = child.stdio[3];
  if (lifeline === null || lifeline === undefined || !("write" in lifeline)) throw new Error("no lifeline");
  lifeline.on("error", () => {});
  lifeline.write(`${JSON.stringify({ kind: "watched", colors: false })}\n`);
  lifeline.on("data", () => {});
  return child;
}

function common(directory: string, { uid }: VictimOptions) {
  const env = { ...environment(directory), STAMP: stampFile(directory) };
  return { cwd: directory, env, ...(uid === undefined ? {} : { uid, gid: uid }) };
}
