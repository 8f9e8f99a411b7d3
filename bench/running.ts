// What supervision costs once things run: the way back after a crash, a flood of lines, a hundred idle services.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { idleServices } from "./ending.ts";
import type { Figure } from "./figures.ts";
import { environment, logFile, readCounts, startLaunch, stampFile, writeManifest } from "./launch.ts";
import { type Bench, cpuTime, now, ownProcesses, peakMemory, proportionalMemory, readStamps } from "./machine.ts";

/** From `kill -9` of a service with no restart delay to the first thing its next process does. */
export async function respawn(bench: Bench, runs: number): Promise<readonly Figure[]> {
  const restart = { policy: "always", delay: "0ms", max_restarts: runs + 10 };
  const directory = writeManifest(bench, { app: { command: [bench.service, "idle"], restart } });
  await using run = startLaunch(bench, directory);
  await run.allAre("ready", ["app"]);
  const samples: number[] = [];
  while (samples.length < runs) {
    // Long enough to be ready again, so that every crash meets the same state.
    await sleep(400);
    const before = readStamps(stampFile(directory));
    const pid = before.at(-1)?.pid;
    if (pid === undefined) throw new Error("the service never started");
    const killedAt = now();
    process.kill(pid, "SIGKILL");
    const next = await run.until("the next start", () => readStamps(stampFile(directory))[before.length]);
    samples.push(next.at - killedAt);
  }
  return [{ name: "`kill -9` to next start", samples, unit: "ms", goal: { atMost: 6 } }];
}

const lineCount = 1_000_000;
const lineBytes = 100;

/** A million lines from one service, each in the log, in order, and seen, against `program > file`, by turns. */
export async function lines(bench: Bench, runs: number): Promise<readonly Figure[]> {
  const rates: number[] = [];
  const memory: number[] = [];
  while (rates.length < runs) {
    const floorMs = await printToFile(bench);
    const flood = await printUnderLaunch(bench);
    rates.push(floorMs / flood.ms);
    memory.push(flood.peakMb);
  }
  return [
    { name: "1,000,000 lines: rate against `program > file`", samples: rates, unit: "times", goal: { atLeast: 0.8 } },
    { name: "1,000,000 lines: supervisor's peak RSS", samples: memory, unit: "MB", goal: { atMost: 150 } },
  ];
}

const printCommand = ["lines", String(lineCount), String(lineBytes)] as const;

/** Milliseconds from the program's start to its last line being written. */
async function printToFile(bench: Bench): Promise<number> {
  const stamps = join(bench.directory, "floor-stamps");
  const log = join(bench.directory, "floor.log");
  rmSync(stamps, { force: true });
  rmSync(log, { force: true });
  const file = openSync(log, "a");
  const env = { ...environment(bench.directory), STAMP: stamps };
  const child = spawn(bench.service, printCommand, { env, stdio: ["ignore", file, "ignore"] });
  await once(child, "exit");
  closeSync(file);
  rmSync(log);
  const [started, printed] = readStamps(stamps);
  if (printed?.what !== "printed" || started === undefined) throw new Error("program > file printed nothing");
  return printed.at - started.at;
}

/** Milliseconds from the program's start to launch having seen its last line, and the supervisor's peak memory. */
async function printUnderLaunch(bench: Bench): Promise<{ readonly ms: number; readonly peakMb: number }> {
  // The whole log is read back afterwards, so none of it may be archived.
  const flood = { command: [bench.service, ...printCommand], type: "task", logs: { max_size: "1GB" } };
  const directory = writeManifest(bench, { flood });
  const run = startLaunch(bench, directory);
  const { seenAt, peakMb } = await watchFlood();
  const [started] = readStamps(stampFile(directory));
  const counts = readCounts(directory, "flood");
  if (counts.lines !== lineCount || counts.bytes !== lineCount * lineBytes) {
    throw new Error(`launch saw ${counts.lines} lines and ${counts.bytes} bytes`);
  }
  assertWhole(readFileSync(logFile(directory, "flood")));
  rmSync(directory, { recursive: true });
  if (started === undefined) throw new Error("the program never started");
  return { ms: seenAt - started.at, peakMb };

  async function watchFlood() {
    await using held = run;
    let peakMb = 0;
    using sampling = setInterval(() => (peakMb = peakMemory(held.pid) ?? peakMb), 10);
    const seenAt = await held.allAre("exited", ["flood"]);
    await held.ended();
    sampling.close();
    return { seenAt, peakMb };
  }
}

/** Throws unless the log holds every line once and in order. */
function assertWhole(log: Buffer): void {
  if (log.length !== lineCount * lineBytes) throw new Error(`the log has ${log.length} bytes`);
  for (let number = 1; number <= lineCount; number++) {
    const from = (number - 1) * lineBytes;
    const digits = log.toString("latin1", from, from + 10);
    if (Number(digits) !== number) throw new Error(`line ${number} of the log begins with ${JSON.stringify(digits)}`);
  }
}

const idleWindowMs = 20_000;

/** A hundred services that do nothing: until all run, then what the supervisor and its helpers use. */
export async function idle100(bench: Bench, runs: number): Promise<readonly Figure[]> {
  const services = idleServices(bench, 100);
  const names = Object.keys(services);
  const starts: number[] = [];
  const cpu: number[] = [];
  const memory: number[] = [];
  while (starts.length < runs) {
    await using run = startLaunch(bench, writeManifest(bench, services));
    const lastStart = await run.until("all 100 started", () => {
      const stamps = readStamps(stampFile(run.directory));
      return stamps.length >= names.length ? Math.max(...stamps.map(({ at }) => at)) : undefined;
    });
    starts.push(lastStart - run.startedAt);
    await run.allAre("ready", names);
    await sleep(1000);
    const own = ownProcesses(run.pid, bench.service);
    const before = own.map(cpuTime);
    await sleep(idleWindowMs);
    const used = own.map((pid, index) => cpuTime(pid) - (before[index] ?? 0));
    cpu.push((100 * used.reduce((sum, ms) => sum + ms, 0)) / idleWindowMs);
    memory.push(own.map(proportionalMemory).reduce((sum, mb) => sum + mb, 0));
    if (readStamps(stampFile(run.directory)).length !== names.length) throw new Error("a service was started twice");
  }
  return [
    { name: "100 idle: all running", samples: starts, unit: "ms", goal: { atMost: 250 } },
    { name: "100 idle: CPU over 20 s, supervisor and helpers", samples: cpu, unit: "%", goal: { atMost: 0.1 } },
    { name: "100 idle: PSS, supervisor and helpers", samples: memory, unit: "MB", goal: { atMost: 85 } },
  ];
}
