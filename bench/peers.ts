// Measures launch beside its peers on the same work and writes a report and a picture: `npm run bench`, or
// `node bench/peers.ts [--peers a,b] [--scenarios x,y] [--runs N] [--minutes M] [--out DIR]`. Needs Linux, gcc and a build. Part of
// the peers or scenarios alone is printed, not written, unless `--out` says where. `--from FILE` draws the report anew from the
// figures in that file. Ends with 1 when something could not be measured, 2 for a wrong command line.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { now, openBench } from "./machine.ts";
import { peers } from "./peers/all.ts";
import { allScenarios } from "./peers/all-scenarios.ts";
import { type Contender, find, openPath } from "./peers/contender.ts";
import { describeMachine } from "./peers/machine-words.ts";
import { draw } from "./peers/picture.ts";
import { describeResults } from "./peers/report.ts";
import { commandLineOf, endAll, residents } from "./peers/residents.ts";
import { type Entrant, fromLines, type Results, toLines } from "./peers/results.ts";
import { runAll } from "./peers/run.ts";
import { kill } from "./witness.ts";

const usage = `node bench/peers.ts [--peers a,b] [--scenarios x,y] [--runs N] [--minutes M] [--out DIR] [--from FILE]

peers:     ${peers.map(({ name }) => name).join(", ")}
scenarios: ${allScenarios.map(({ scenario }) => scenario).join(", ")}`;

const values = readOptions();
const chosenPeers = choose("peer", peers, ({ name }) => name, values.peers);
const chosenScenarios = choose("scenario", allScenarios, ({ scenario }) => scenario, values.scenarios);
const runs = values.runs === undefined ? undefined : count("--runs", values.runs);
const minutes = count("--minutes", values.minutes);
const root = resolve(import.meta.dirname, "..");
const isPart = values.peers !== undefined || values.scenarios !== undefined;
const out = values.out ?? (isPart ? undefined : join(root, "docs"));

if (values.from !== undefined) {
  write(fromLines(readFileSync(values.from, "utf8")), out ?? ".");
} else if (existsSync(join(root, "dist/main.cjs"))) {
  await bench();
} else {
  complain("nothing is built yet; `npm run build` comes first");
}

async function bench(): Promise<void> {
  using opened = openBench();
  const { directory } = opened;
  // Nothing is left when somebody loses patience, either.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      for (let left = residents(directory); left.length > 0; left = residents(directory)) left.forEach(kill);
      opened[Symbol.dispose]();
      process.exit(130);
    });
  }
  const path = openPath(opened);
  const startedAt = now();
  const machine = describeMachine();
  const contenders: Contender[] = [];
  const entrants = chosenPeers.map((peer): Entrant => {
    const { name, install, note, cannot } = peer;
    const entrant = { name, install, cannot, ...(note === undefined ? {} : { note }) };
    const found = find(peer, path, directory);
    if ("file" in found) {
      contenders.push(found);
      say(`${name} ${found.version}`);
      return { ...entrant, version: found.version };
    }
    say(`${name} is left out: ${found.why}. To have it: ${install}`);
    return { ...entrant, note: found.why };
  });
  // What they have started to tell their version.
  await endAll(directory);

  const measurements = await runAll(
    { bench: opened, path },
    { scenarios: chosenScenarios, contenders, minutes, runs, say },
  );
  const left = residents(directory);
  const leftWords = left.map((pid) => `left running, and ended by the benchmark: ${commandLineOf(pid)}`);
  await endAll(directory);
  const findings = [...measurements.findings, ...leftWords];
  const results: Results = {
    date: new Date().toISOString(),
    machine,
    minutes,
    entrants,
    ...measurements,
    findings,
  };
  write(results, out);
  say(`${Math.round((now() - startedAt) / 1000)} s in all`);
  if (results.misses.length === 0) return;
  process.exitCode = 1;
  const names = results.misses.map(({ peer, scenario }) => `${scenario} of ${peer}`);
  say(`These measurements did not happen: ${[...new Set(names)].join(", ")}`);
}

function readOptions() {
  try {
    const { values: read } = parseArgs({
      options: {
        peers: { type: "string" },
        scenarios: { type: "string" },
        runs: { type: "string" },
        minutes: { type: "string", default: "15" },
        out: { type: "string" },
        from: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!read.help) return read;
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
  console.log(usage);
  process.exit();
}

/** To the directory, or, where there is none, on the screen. */
function write(results: Results, to: string | undefined): void {
  const report = describeResults(results, allScenarios, "benchmarks.svg");
  if (to === undefined) return console.log(report);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "benchmarks.md"), report);
  writeFileSync(join(to, "benchmarks.svg"), draw(results, allScenarios));
  writeFileSync(join(to, "benchmarks.jsonl"), toLines(results));
  say(`written to ${to}: benchmarks.md, benchmarks.svg, benchmarks.jsonl`);
}

function say(words: string): void {
  console.error(words);
}

function choose<T>(
  kind: string,
  all: readonly T[],
  nameOf: (one: T) => string,
  wanted: string | undefined,
): readonly T[] {
  if (wanted === undefined) return all;
  const names = wanted.split(",");
  const unknown = names.filter((name) => !all.some((one) => nameOf(one) === name));
  if (unknown.length > 0) complain(`no ${kind} ${unknown.join(", ")}; there are ${all.map(nameOf).join(", ")}`);
  return all.filter((one) => names.includes(nameOf(one)));
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) complain(`${option} wants a whole number from 1, not ${text}`);
  return value;
}

function complain(words: string): never {
  console.error(words);
  process.exit(2);
}
