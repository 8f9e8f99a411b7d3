// What the dashboard costs and how quick it is, in a real pseudo-terminal: `node bench/dashboard.ts [--seconds N] [SCENARIO…]`.
// Processor time is the dashboard's own process and, as a figure of its own, that of the engine behind it.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { type IPty, spawn } from "@lydell/node-pty";
import { describeFigures, type Figure, isReached } from "./figures.ts";
import { environment, type ServiceText, stampFile, writeManifest } from "./launch.ts";
import { type Bench, cpuTime, now, openBench, readStamps } from "./machine.ts";

const count = 30;
const linesPerSecond = 20_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "60" } },
});
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 10) {
  throw new Error(`--seconds wants a whole number from 10, not ${values.seconds}`);
}

const scenarios: Readonly<Record<string, (bench: Bench) => Promise<readonly Figure[]>>> = {
  paint,
  spawning,
  idle,
  flood,
};

using bench = openBench();
const figures: Figure[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
  const measure = scenarios[name];
  if (measure === undefined) throw new Error(`no scenario ${name}; there are ${Object.keys(scenarios).join(", ")}`);
  figures.push(...(await measure(bench)));
}
console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}\n`);
console.log(describeFigures(figures));
if (!figures.every(isReached)) process.exitCode = 1;

/** From the start of the process to the first text on the screen, against a Node that only writes a word. */
async function paint(within: Bench): Promise<readonly Figure[]> {
  const directory = writeManifest(within, idleServices(within, 5));
  const samples: number[] = [];
  for (let run = 0; run < 10; run++) {
    const bare = await firstText(directory, ["-e", "process.stdout.write('word')"], false);
    samples.push((await firstText(directory, [within.launch], true)) / bare);
  }
  return [{ name: "first paint against bare node", samples, unit: "times", goal: { atMost: 4 } }];
}

/** From the start of the process to the first service's, with the engine apart and in one process, by turns. */
async function spawning(within: Bench): Promise<readonly Figure[]> {
  const samples: number[] = [];
  for (let run = 0; run < 10; run++) {
    const together = await firstSpawn(within, ["--plain"]);
    samples.push((await firstSpawn(within, [])) - together);
  }
  return [{ name: "first spawn, later than in one process by", samples, unit: "ms", goal: { atMost: 80 } }];
}

async function firstSpawn(within: Bench, args: readonly string[]): Promise<number> {
  const directory = writeManifest(within, idleServices(within, 5));
  const startedAt = now();
  const pty = start(directory, [within.launch, ...args], { STAMP: stampFile(directory) });
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  let first: number | undefined;
  while (first === undefined) {
    await sleep(2);
    first = readStamps(stampFile(directory))[0]?.at;
    if (now() - startedAt > 30_000) throw new Error("no service was started within 30 s");
  }
  process.kill(pty.pid, "SIGTERM");
  await ended;
  return first - startedAt;
}

/** Thirty services that do nothing, looked at. */
async function idle(within: Bench): Promise<readonly Figure[]> {
  await using dashboard = await openDashboard(within, idleServices(within, count));
  const used = await processorUse(dashboard);
  return [
    { name: `idle, ${count} services: CPU over ${seconds} s`, samples: [used.face], unit: "%", goal: { atMost: 1.5 } },
    { name: "idle: CPU of the engine meanwhile", samples: [used.engine], unit: "%", goal: { atMost: 0.5 } },
  ];
}

/** Thirty services that print 20,000 lines a second between them, all shown merged, and keys pressed meanwhile. */
async function flood(within: Bench): Promise<readonly Figure[]> {
  const rate = String(Math.round(linesPerSecond / count));
  const names = namesOf(count);
  const services = Object.fromEntries(names.map((name) => [name, { command: [within.service, "rate", rate, "150"] }]));
  await using dashboard = await openDashboard(within, services);
  dashboard.type("m");
  await sleep(3000);
  const memory: number[] = [];
  using sampling = setInterval(() => memory.push(residentMb(dashboard.pid)), 1000);
  const used = await processorUse(dashboard);
  sampling.close();
  const minute = Math.min(60, Math.ceil(memory.length / 2));
  const latencies = await keyLatencies(dashboard, names);
  const sorted = latencies.toSorted((a, b) => a - b);
  return [
    { name: `flood: CPU over ${seconds} s`, samples: [used.face], unit: "%", goal: { atMost: 6 } },
    { name: "flood: CPU of the engine meanwhile", samples: [used.engine], unit: "%", goal: { atMost: 15 } },
    {
      name: `flood: RSS in the first ${minute} s`,
      samples: memory.slice(0, minute),
      unit: "MB",
      goal: { atMost: 140 },
    },
    {
      name: `flood: RSS in the last ${minute} s`,
      samples: memory.slice(-minute),
      unit: "MB",
      goal: { atMost: 140 },
    },
    { name: "flood: RSS, greatest", samples: [Math.max(...memory)], unit: "MB", goal: { atMost: 140 } },
    { name: "flood: key to paint, median", samples: [at(sorted, 0.5)], unit: "ms", goal: { atMost: 6 } },
    { name: "flood: key to paint, 95 of 100", samples: [at(sorted, 0.95)], unit: "ms", goal: { atMost: 20 } },
  ];
}

/** The selection is moved, and waited for until its mark is drawn before the next service. */
async function keyLatencies(dashboard: Dashboard, names: readonly string[]): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let press = 0; press < 60; press++) {
    const next = names[(press % (names.length - 1)) + 1] ?? "";
    if (press > 0 && press % (names.length - 1) === 0) {
      dashboard.type("1");
      await dashboard.shows(`> ${names[0]}`);
    }
    const pressedAt = now();
    const shown = dashboard.shows(`> ${next}`);
    dashboard.type("j");
    latencies.push((await shown) - pressedAt);
    await sleep(73);
  }
  return latencies;
}

interface Dashboard extends AsyncDisposable {
  readonly pid: number;
  readonly engine: number;
  type(keys: string): void;
  /** Resolves with the moment at which the text is written to the terminal, from now on. */
  shows(text: string): Promise<number>;
}

/** Starts `launch` in a terminal of 160 by 50 and waits until it says that all is up. */
async function openDashboard(within: Bench, services: Readonly<Record<string, ServiceText>>): Promise<Dashboard> {
  const directory = writeManifest(within, services);
  const pty = start(directory, [within.launch]);
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  let tail = "";
  let waiting: { readonly text: string; readonly settle: (at: number) => void } | undefined;
  pty.onData((data) => {
    const moment = now();
    tail = (tail + data).slice(-65_536);
    // eslint-disable-next-line no-control-regex
    const plain = tail.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
    if (waiting !== undefined && plain.includes(waiting.text)) {
      const { settle } = waiting;
      waiting = undefined;
      settle(moment);
    }
  });
  const shows = (text: string): Promise<number> => {
    tail = "";
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the dashboard did not show ${text} within 30 s`)), 30_000);
      waiting = {
        text,
        settle: (moment) => {
          clearTimeout(timer);
          resolve(moment);
        },
      };
    });
  };
  await shows("all up");
  await sleep(2000);
  return {
    pid: pty.pid,
    engine: childOf(pty.pid),
    type: (keys) => pty.write(keys),
    shows,
    async [Symbol.asyncDispose]() {
      process.kill(pty.pid, "SIGTERM");
      await ended;
    },
  };
}

function start(directory: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): IPty {
  const env = { ...environment(directory), NO_COLOR: "", TERM: "xterm-256color", ...more };
  return spawn(process.execPath, [...args], {
    cwd: directory,
    cols: 160,
    rows: 50,
    env,
  });
}

/** Milliseconds until a letter is shown; the program is then ended and waited for. */
async function firstText(directory: string, args: readonly string[], isLaunch: boolean): Promise<number> {
  const startedAt = now();
  const pty = start(directory, args);
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  const ms = await new Promise<number>((resolve) => {
    pty.onData((data) => {
      // eslint-disable-next-line no-control-regex
      if (/[a-z]{3}/.test(data.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, ""))) resolve(now() - startedAt);
    });
  });
  if (isLaunch) process.kill(pty.pid, "SIGTERM");
  await ended;
  return ms;
}

/** Per cent of one processor over the window, of the dashboard and of its engine. */
async function processorUse({ pid, engine }: Dashboard): Promise<{ readonly face: number; readonly engine: number }> {
  const before = [cpuTime(pid), cpuTime(engine)] as const;
  const startedAt = now();
  await sleep(seconds * 1000);
  const ms = now() - startedAt;
  return { face: (100 * (cpuTime(pid) - before[0])) / ms, engine: (100 * (cpuTime(engine) - before[1])) / ms };
}

/** The engine is the only process that a dashboard starts. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ")[0]);
}

function residentMb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(found) / 1024;
}

function idleServices(within: Bench, howMany: number): Readonly<Record<string, ServiceText>> {
  return Object.fromEntries(namesOf(howMany).map((name) => [name, { command: [within.service, "idle"] }]));
}

function namesOf(howMany: number): readonly string[] {
  return Array.from({ length: howMany }, (_, index) => `s${String(index).padStart(2, "0")}`);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity;
}
