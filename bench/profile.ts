// Where launch's own time goes: `node bench/profile.ts [--runs N] [check|ready|chain|idle|stop …]`. Runs a readable build under V8's
// profiler and prints, for each part of the house and each package, the milliseconds of the main thread, the median of all runs.
// Needs Linux and gcc. The profiler takes some time itself: read the shares, not the sums.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { idleServices } from "./ending.ts";
import { median } from "./figures.ts";
import { environment, type ServiceText, stampFile, writeManifest } from "./launch.ts";
import { type Bench, freePorts, now, openBench, processesOf, readStamps } from "./machine.ts";
import { partsOf, readProfile, type Window } from "./profile-parts.ts";
import { chain, independent } from "./startup.ts";
import { scriptFor } from "../src/cli/script-for.ts";

/** One scenario: what runs, and which stretch of it counts. */
interface Scenario {
  readonly about: string;
  readonly services: (bench: Bench) => Promise<Readonly<Record<string, ServiceText>>>;
  readonly args: readonly string[];
  /** Which stamp of all services ends the start; absent where the command ends by itself. */
  readonly until?: "started" | "listening";
  /** True: what counts is the stop, from the signal on. */
  readonly isStop?: boolean;
}

const up = ["--non-interactive", "--quiet"];
const idle = (bench: Bench): Promise<Readonly<Record<string, ServiceText>>> =>
  Promise.resolve(idleServices(bench, 100));

const scenarios: Readonly<Record<string, Scenario>> = {
  check: {
    about: "`--check-only` of a chain of 50 services",
    services: async (bench) => chain(bench, await freePorts(50), 0),
    args: ["--check-only"],
  },
  ready: {
    about: "20 services with an http probe, until the last one listens",
    services: async (bench) => independent(bench, await freePorts(20)),
    args: up,
    until: "listening",
  },
  chain: {
    about: "a chain of 10 services of 100 ms, until the last one listens",
    services: async (bench) => chain(bench, await freePorts(10), 100),
    args: up,
    until: "listening",
  },
  idle: { about: "100 idle services, until the last one runs", services: idle, args: up, until: "started" },
  stop: { about: "the stop of those 100", services: idle, args: up, until: "started", isStop: true },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "5" } },
});
const unknown = positionals.filter((name) => !(name in scenarios));
if (unknown.length > 0) {
  console.error(`no scenario ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}`);
  process.exitCode = 2;
} else {
  using bench = openBench();
  useReadableBuild(bench);
  for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
    const scenario = scenarios[name];
    if (scenario !== undefined) await report(bench, scenario, Number(values.runs));
  }
}

async function report(bench: Bench, scenario: Scenario, runs: number): Promise<void> {
  const samples = new Map<string, number[]>();
  let length = 0;
  for (let run = 0; run < runs; run++) {
    const { parts, window } = await profile(bench, scenario);
    length += (window.to - window.from) / runs;
    for (const [part, ms] of parts) samples.set(part, [...(samples.get(part) ?? []), ms]);
  }
  const rows = [...samples]
    .map(([part, given]) => ({ part, ms: median([...given, ...Array.from({ length: runs - given.length }, () => 0)]) }))
    .filter(({ ms }) => ms >= 0.5)
    .toSorted((one, other) => other.ms - one.ms);
  console.log(`## ${scenario.about}\n\n${Math.round(length)} ms under the profiler, mean of ${runs} runs\n`);
  console.log("| part | ms of the main thread |\n| --- | --- |");
  for (const { part, ms } of rows) console.log(`| ${part} | ${ms.toFixed(1)} |`);
  console.log("");
}

async function profile(
  bench: Bench,
  { services, args, until, isStop = false }: Scenario,
): Promise<{ readonly parts: ReadonlyMap<string, number>; readonly window: Window }> {
  const wanted = await services(bench);
  const directory = writeManifest(bench, wanted);
  const profiles = mkdtempSync(join(bench.directory, "profile-"));
  const options = ["--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", profiles];
  const from = now();
  const child = spawn(process.execPath, [...options, bench.launch, ...args], {
    cwd: directory,
    env: { ...environment(directory), STAMP: stampFile(directory) },
    stdio: "ignore",
  });
  const gone = once(child, "exit");
  let window: Window = { from, to: Number.POSITIVE_INFINITY };
  if (until !== undefined) {
    const to = await lastStamp(directory, until, Object.keys(wanted).length);
    window = isStop ? { from: now(), to: Number.POSITIVE_INFINITY } : { from, to };
    child.kill("SIGTERM");
    if (isStop) {
      while (processesOf(bench.service).length > 0) await new Promise((next) => setTimeout(next, 2));
      window = { ...window, to: now() };
    }
  }
  await gone;
  const [file] = readdirSync(profiles);
  if (file === undefined) throw new Error("launch wrote no profile");
  const read = readProfile(readFileSync(join(profiles, file), "utf8"));
  const script = readFileSync(join(bench.directory, `dist/${scriptFor(args)}.cjs`), "utf8");
  rmSync(directory, { recursive: true });
  return { parts: partsOf(read, script, window), window: { ...window, to: Math.min(window.to, read.endedAt) } };
}

async function lastStamp(directory: string, what: string, count: number): Promise<number> {
  const giveUp = now() + 60_000;
  for (;;) {
    const stamps = readStamps(stampFile(directory)).filter((stamp) => stamp.what === what);
    if (stamps.length >= count) return Math.max(...stamps.map(({ at }) => at));
    if (now() > giveUp) throw new Error(`not all of ${count} services ${what} within a minute`);
    await new Promise((next) => setTimeout(next, 5));
  }
}

/** Puts a build with the names of the source in the place of the bench's copy. */
function useReadableBuild({ directory }: Bench): void {
  const root = resolve(import.meta.dirname, "..");
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/build.ts"), "--readable"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the readable build failed:\n${stderr}`);
  rmSync(join(directory, "dist"), { recursive: true });
  cpSync(join(root, "node_modules/.readable"), join(directory, "dist"), { recursive: true });
}
