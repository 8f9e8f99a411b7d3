// Numbered lines through logs that are turned over while they are written: each must be there once, whole, and in order.

import { closeSync, existsSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Figure } from "./figures.ts";
import { logFile, startLaunch, writeManifest } from "./launch.ts";
import { type Bench, now } from "./machine.ts";
import type { Effort } from "./measure.ts";

const lineCount = 3_000_000;
const lineBytes = 100;
const maxMb = 20;

/** As fast as the writer can, and at 200,000 lines a second, by turns; each sample is what is wrong with the lines of one run. */
export async function rotation(bench: Bench, { runs = 2 }: Effort): Promise<readonly Figure[]> {
  const tallies: Tally[] = [];
  while (tallies.length < runs) {
    const started = now();
    const tally = await writeOnce(bench, tallies.length % 2 === 0 ? [] : ["200000"]);
    tallies.push(tally);
    console.error(`  ${JSON.stringify(tally)} in ${Math.round(now() - started)} ms`);
  }
  const samples = (pick: (tally: Tally) => number): readonly number[] => tallies.map(pick);
  const never = { never: { above: 0 } };
  return [
    { name: "3,000,000 lines over rotation: lost", samples: samples(({ lost }) => lost), unit: "lines", goal: never },
    { name: "… doubled", samples: samples(({ doubled }) => doubled), unit: "lines", goal: never },
    { name: "… damaged", samples: samples(({ damaged }) => damaged), unit: "lines", goal: never },
    { name: "… out of order", samples: samples(({ misplaced }) => misplaced), unit: "lines", goal: never },
    { name: "… archives", samples: samples(({ archives }) => archives), unit: "times", goal: { atLeast: 2 } },
  ];
}

interface Tally {
  readonly lost: number;
  readonly doubled: number;
  readonly damaged: number;
  /** Lines after one of a greater number. */
  readonly misplaced: number;
  readonly archives: number;
}

async function writeOnce(bench: Bench, rate: readonly string[]): Promise<Tally> {
  const command = [bench.service, "lines", String(lineCount), String(lineBytes), ...rate];
  // As many archives as there can be: what is thrown away on purpose is not lost.
  const logs = { max_size: `${maxMb}MB`, keep: 100 };
  const directory = writeManifest(bench, { writer: { command, type: "task", logs } });
  try {
    await using run = startLaunch(bench, directory);
    await run.ended();
    return readBack(logFile(directory, "writer"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Reads the archives, the oldest first, and the log itself. */
function readBack(log: string): Tally {
  const numbers = readdirSync(dirname(log))
    .map((name) => /^writer\.(\d+)\.log$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .toSorted((a, b) => b - a);
  const seen = new Uint8Array(lineCount + 1);
  let damaged = 0;
  let misplaced = 0;
  let last = 0;
  const files = [...numbers.map((number) => log.replace(/\.log$/, `.${number}.log`)), log].filter((path) =>
    existsSync(path),
  );
  for (const line of linesOf(files)) {
    const number = numberOf(line);
    if (number === undefined) {
      damaged++;
      continue;
    }
    seen[number] = Math.min(255, (seen[number] ?? 0) + 1);
    if (number < last) misplaced++;
    last = number;
  }
  const counts = seen.subarray(1);
  return {
    lost: counts.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
    doubled: counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    damaged,
    misplaced,
    archives: numbers.length,
  };
}

const filler = Buffer.alloc(lineBytes - 12, "x");

/** The line's number; undefined for one that is not as it was written. */
function numberOf(line: Buffer): number | undefined {
  if (line.length !== lineBytes - 1 || line[10] !== 0x20 || !filler.equals(line.subarray(11))) return undefined;
  const number = Number(line.toString("latin1", 0, 10));
  return Number.isInteger(number) && number >= 1 && number <= lineCount ? number : undefined;
}

/** Lines over all files, as if they were one; where a file begins with a hole, it begins behind it. */
function* linesOf(paths: readonly string[]): Generator<Buffer> {
  const chunk = Buffer.alloc(1 << 20);
  let rest: Buffer = Buffer.alloc(0);
  for (const path of paths) {
    const file = openSync(path, "r");
    let inHole = true;
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      const begin = inHole ? chunk.subarray(0, size).findIndex((byte) => byte !== 0) : 0;
      if (begin < 0) continue;
      inHole = false;
      const bytes = Buffer.concat([rest, chunk.subarray(begin, size)]);
      let from = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        yield bytes.subarray(from, end);
        from = end + 1;
      }
      rest = bytes.subarray(from);
    }
    closeSync(file);
  }
  if (rest.length > 0) yield rest;
}
