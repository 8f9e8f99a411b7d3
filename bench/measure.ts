// The command line of a benchmark of many scenarios: measures those that are named, or all, and prints their figures.

import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeFigures, type Figure, isReached } from "./figures.ts";
import { type Bench, now, openBench } from "./machine.ts";

/** How much is measured. */
export interface Effort {
  /** How often; undefined: as often as the scenario's goal says. */
  readonly runs: number | undefined;
  /** How long what is measured by the clock goes on. */
  readonly minutes: number;
}

/** Measures; throws when it cannot. */
export type Scenario = (bench: Bench, effort: Effort) => Promise<readonly Figure[]>;

/** Prints a Markdown table; the exit code is 1 when a goal is missed or a measurement failed, 2 for a wrong command line. */
export async function measure(scenarios: Readonly<Record<string, Scenario>>): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: "string" }, minutes: { type: "string", default: "30" } },
  });
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  const minutes = Number(values.minutes);
  const complaint = complain();
  if (complaint !== undefined) {
    console.error(complaint);
    process.exitCode = 2;
    return;
  }

  using bench = openBench();
  const figures: Figure[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
    const start = now();
    try {
      figures.push(...((await scenarios[name]?.(bench, { runs, minutes })) ?? []));
      console.error(`${name}: ${Math.round((now() - start) / 1000)} s`);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${name} could not be measured: ${errorWords(error)}`);
    }
  }

  console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}\n`);
  console.log(describeFigures(figures));
  if (!figures.every(isReached)) process.exitCode = 1;

  function complain(): string | undefined {
    const unknown = positionals.filter((name) => !(name in scenarios));
    if (unknown.length > 0) return `no scenario ${unknown.join(", ")}; there are ${Object.keys(scenarios).join(", ")}`;
    if (!isCount(runs ?? 1)) return `--runs wants a whole number from 1, not ${values.runs}`;
    if (!isCount(minutes)) return `--minutes wants a whole number from 1, not ${values.minutes}`;
    if (!existsSync(resolve(import.meta.dirname, "../dist/main.cjs"))) {
      return "nothing is built yet; `npm run build` comes first";
    }
    return undefined;
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** What went wrong, and what then went wrong with the clearing up. */
export function errorWords(error: unknown): string {
  if (error instanceof SuppressedError) return `${errorWords(error.suppressed)}\n${errorWords(error.error)}`;
  return error instanceof Error ? error.message : String(error);
}
