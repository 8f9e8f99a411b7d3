// Measures the engine against its goals: `node bench/engine.ts [--runs N] [SCENARIO…]`, all scenarios when none is named.
// Needs Linux, gcc and a build. Prints a Markdown table; ends with 1 when a goal is missed or a measurement failed.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeFigures, type Figure, isReached } from "./figures.ts";
import { type Bench, now, openBench } from "./machine.ts";
import { idle100, lines, respawn } from "./running.ts";
import { chain10, check50, independent20, version } from "./startup.ts";

const root = resolve(import.meta.dirname, "..");

type Scenario = (bench: Bench, runs: number) => Promise<readonly Figure[]>;
const scenarios: Readonly<Record<string, Scenario>> = {
  version,
  check50,
  chain10,
  independent20,
  respawn,
  lines,
  idle100,
  unit,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "10" } },
});
const runs = Number(values.runs);
const complaint = complain();
if (complaint !== undefined) {
  console.error(complaint);
  process.exit(2);
}

using bench = openBench();
const figures: Figure[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
  const start = now();
  try {
    figures.push(...((await scenarios[name]?.(bench, runs)) ?? []));
    console.error(`${name}: ${Math.round((now() - start) / 1000)} s`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name} could not be measured: ${wordsOf(error)}`);
  }
}

console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}\n`);
console.log(describeFigures(figures));
if (!figures.every(isReached)) process.exitCode = 1;

function complain(): string | undefined {
  const unknown = positionals.filter((name) => !(name in scenarios));
  if (unknown.length > 0) return `no scenario ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}`;
  if (!Number.isInteger(runs) || runs < 1) return `--runs wants a whole number from 1, not ${values.runs}`;
  if (!existsSync(resolve(root, "dist/main.js"))) return "nothing is built yet; `npm run build` comes first";
  return undefined;
}

/** What went wrong, and what then went wrong with the clearing up. */
function wordsOf(error: unknown): string {
  if (error instanceof SuppressedError) return `${wordsOf(error.suppressed)}\n${wordsOf(error.error)}`;
  return error instanceof Error ? error.message : String(error);
}

/** All unit tests, from the start of the test runner to its end. */
async function unit(_: Bench, count: number): Promise<readonly Figure[]> {
  const vitest = resolve(root, "node_modules/vitest/vitest.mjs");
  const samples = Array.from({ length: count }, () => {
    const start = now();
    const { status, stdout } = spawnSync(process.execPath, [vitest, "run", "--project", "unit"], {
      cwd: root,
      timeout: 60_000,
    });
    if (status !== 0) throw new Error(`the unit tests failed:\n${String(stdout).slice(-2000)}`);
    return (now() - start) / 1000;
  });
  return [{ name: "all unit tests", samples, unit: "s", goal: { atMost: 3 } }];
}
