// One peer doing one job: started, watched, asked to stop.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { spawn as spawnInTerminal } from "@lydell/node-pty";
import { now, ownProcesses, programOf, readStamps, type Stamp } from "../machine.ts";
import type { Job, Plan } from "./peer.ts";
import { type Prepared, stampsOf } from "./prepared.ts";
import { commandLineOf, residents } from "./residents.ts";

/** Where a peer's own output goes. */
export const printedFile = "printed.txt";

/** A started peer. */
export interface Trial {
  readonly job: Job;
  readonly plan: Plan;
  /** Just before the spawn, in monotonic milliseconds. */
  readonly startedAt: number;
  /** The process that was started. */
  readonly pid: number;
  /** Its exit code, or the signal that ended it; undefined while it runs. A client that leaves a daemon ends early. */
  code(): number | string | undefined;
  /** What the services have stamped so far, in the order of the file. */
  stamps(): readonly Stamp[];
  /** The supervisor and its helpers: everything of the directory but services. */
  own(): readonly number[];
  /** What supervises; throws when it is not there. */
  supervisor(): number;
  /** What the peer has printed so far, without colours. */
  printed(): string;
  /** Waits until `found` gives something; throws after `limitMs`, or half a minute. */
  until<T>(what: string, found: () => T | undefined, limitMs?: number): Promise<T>;
  /** Asks it to stop; resolves, with the moment before, when it has been asked. */
  askToStop(): Promise<number>;
  /** True when what was to end has: the process that was started, or the command that stops it. */
  hasStopped(): boolean;
}

/** Starts the peer on what was prepared. */
export function start(prepared: Prepared): Trial {
  const { job, plan } = prepared;
  const { directory } = job;
  const startedAt = now();
  const running = plan.way === "terminal" ? startInTerminal(prepared) : startPlain(prepared);
  let stopper: { hasEnded: boolean } | undefined;

  const trial: Trial = {
    job,
    plan,
    startedAt,
    pid: running.pid,
    code: running.code,
    stamps: () => readStamps(stampsOf(directory)),
    // Helpers may work elsewhere and without our environment; those are below the process that was started.
    own: () => [
      ...new Set([
        ...residents(directory).filter((pid) => programOf(pid) !== job.program),
        ...(running.code() === undefined ? ownProcesses(running.pid, job.program) : []),
      ]),
    ],
    supervisor() {
      const { supervisor } = plan;
      if (supervisor === undefined) return running.pid;
      const found = trial.own().find((pid) => supervisor.test(commandLineOf(pid)));
      if (found === undefined) throw new Error(`no process is like ${String(supervisor)}: ${trial.printed()}`);
      return found;
    },
    printed: () => stripVTControlCharacters(readFileSync(join(directory, printedFile), "utf8").slice(-100_000)),
    async until(what, found, limitMs = 30_000) {
      const deadline = now() + limitMs;
      const fail = (words: string): never => {
        throw new Error(`${words}\n${trial.printed().slice(-1500)}`);
      };
      for (;;) {
        // Asked before the look, so that what it did last still counts.
        const code = running.code();
        const value = found();
        if (value !== undefined) return value;
        // A client that leaves a daemon ends early, and well.
        const isOver = code !== undefined && !(plan.way === "returns" && code === 0);
        if (isOver) fail(`it ended with ${code} before: ${what}`);
        if (now() > deadline) fail(`not seen within ${limitMs} ms: ${what}`);
        await sleep(4);
      }
    },
    async askToStop() {
      const askedAt = now();
      if ("keys" in plan.stop) running.type(plan.stop.keys);
      else if ("signal" in plan.stop) {
        process.kill(plan.stop.to === "group" ? -running.pid : running.pid, plan.stop.signal);
      } else stopper = startStopper(prepared, plan.stop.args);
      return askedAt;
    },
    hasStopped: () => (stopper === undefined ? running.code() !== undefined : stopper.hasEnded),
  };
  return trial;
}

interface Running {
  readonly pid: number;
  code(): number | string | undefined;
  type(keys: string): void;
}

function startPlain({ job, plan, env, file }: Prepared): Running {
  const sink = openSync(join(job.directory, printedFile), "a");
  const child = spawn(file, plan.args, { cwd: job.directory, env, stdio: ["ignore", sink, sink], detached: true });
  closeSync(sink);
  if (child.pid === undefined) throw new Error(`${file} could not be spawned`);
  return {
    pid: child.pid,
    code: () => child.exitCode ?? child.signalCode ?? undefined,
    type: () => {
      throw new Error("it has no terminal to type into");
    },
  };
}

function startInTerminal({ job, plan, env, file }: Prepared): Running {
  const sink = openSync(join(job.directory, printedFile), "a");
  const pty = spawnInTerminal(file, [...plan.args], { cwd: job.directory, env, cols: 120, rows: 40 });
  let code: number | string | undefined;
  pty.onData((text) => void writeSync(sink, text));
  pty.onExit(({ exitCode, signal }) => {
    code = signal === undefined || signal === 0 ? exitCode : `signal ${signal}`;
    closeSync(sink);
  });
  return { pid: pty.pid, code: () => code, type: (keys) => pty.write(keys) };
}

function startStopper({ job, env, file }: Prepared, args: readonly string[]): { hasEnded: boolean } {
  const child = spawn(file, args, { cwd: job.directory, env, stdio: "ignore" });
  const state = { hasEnded: false };
  void once(child, "exit").then(() => (state.hasEnded = true));
  return state;
}
