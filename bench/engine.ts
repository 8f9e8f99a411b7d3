// Measures the engine against its goals: `node bench/engine.ts [--runs N] [SCENARIO…]`, all scenarios when none is named.
// Needs Linux, gcc and a build. Prints a Markdown table; ends with 1 when a goal is missed or a measurement failed.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import type { Figure } from "./figures.ts";
import { type Bench, now } from "./machine.ts";
import { measure, type Scenario } from "./measure.ts";
import { idle100, lines, respawn } from "./running.ts";
import { chain10, check50, independent20, version } from "./startup.ts";

const root = resolve(import.meta.dirname, "..");

const scenarios = { version, check50, chain10, independent20, respawn, lines, idle100, unit };

await measure(
  Object.fromEntries(
    Object.entries(scenarios).map(([name, scenario]): [string, Scenario] => [
      name,
      (bench, { runs = 10 }) => scenario(bench, runs),
    ]),
  ),
);

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
