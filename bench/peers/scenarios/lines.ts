// A flood of lines from one service: how fast they arrive where the peer keeps or prints them, and whether all of them do.

import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { now, peakMemory } from "../../machine.ts";
import { prepare } from "../prepared.ts";
import { printedFile, start, type Trial } from "../trial.ts";
import type { Measured } from "./scenario.ts";
import { countLines } from "./whole-lines.ts";

const count = 1_000_000;
const bytes = 100;
const quietMs = 4000;
const limitMs = 120_000;

/** A million lines of a hundred bytes, as fast as the service can write them. */
export const lines: Measured = {
  scenario: "lines",
  title: "1,000,000 lines of 100 bytes",
  about:
    "From the start of a service that prints as fast as it can until the last line is where the peer keeps (or, if it keeps none, prints) them; MB of the service's own text a second. Then every line is looked for.",
  columns: [
    { key: "sink", title: "arrives in" },
    { key: "rate", title: "rate", unit: "MB/s", better: "more", picture: "1,000,000 lines, more is better" },
    { key: "lost", title: "lines lost or broken", unit: "lines", better: "less" },
    { key: "peak", title: "peak RSS", unit: "MB", better: "less" },
  ],
  enough: 5,
  how: "alone",
  async measure(ground, contender) {
    await using prepared = prepare(ground, contender, "lines", { flood: { does: ["lines", count, bytes] } });
    const trial = start(prepared);
    const { output } = trial.plan;
    let peak = 0;
    using sampling = setInterval(() => (peak = Math.max(peak, peakOf(trial))), 100);
    const begun = await trial.until("the service's start", () => trial.stamps()[0]);
    const isStored = typeof output === "object" && "count" in output;
    const file = join(trial.job.directory, typeof output === "object" && "file" in output ? output.file : printedFile);
    const { arrivedAt, whole } = await (isStored ? inStore(trial, output.count) : inFile(trial, file));
    sampling.close();
    if (whole === 0) throw new Error(`no line arrived in ${file}: ${trial.printed().slice(-500)}`);
    return [
      { column: "sink", words: output === "stdout" ? "stdout" : isStored ? "a store of its own" : "a file" },
      { column: "rate", value: (count * bytes) / 1e3 / (arrivedAt - begun.at) },
      { column: "lost", value: count - whole },
      { column: "peak", value: peak },
    ];
  },
};

interface Arrival {
  readonly arrivedAt: number;
  /** How many of the lines are there, unbroken. */
  readonly whole: number;
}

/** Waits for the last line in a file; of one that never comes, for the last that does. */
async function inFile(trial: Trial, file: string): Promise<Arrival> {
  await trial.until(file, () => (existsSync(file) ? true : undefined));
  const sink = openSync(file, "r");
  try {
    const tail = Buffer.alloc(8192);
    const last = String(count).padStart(10, "0");
    const sizeOf = (): number => fstatSync(sink).size;
    const arrivedAt = await settled(trial, sizeOf, (size) => {
      if (size < count * bytes) return false;
      const read = readSync(sink, tail, 0, tail.length, Math.max(0, size - tail.length));
      return tail.toString("latin1", 0, read).includes(last);
    });
    // The last line need not be the last to come.
    for (let size = -1; size !== sizeOf();) {
      size = sizeOf();
      await sleep(1000);
    }
    return { arrivedAt, whole: wholeIn(sink) };
  } finally {
    closeSync(sink);
  }
}

function wholeIn(file: number): number {
  const lines = countLines(count, bytes);
  const chunk = Buffer.alloc(1 << 22);
  for (let at = 0; ;) {
    const read = readSync(file, chunk, 0, chunk.length, at);
    if (read === 0) return lines.whole();
    lines.add(chunk.toString("latin1", 0, read));
    at += read;
  }
}

async function inStore(trial: Trial, stored: (directory: string) => number): Promise<Arrival> {
  const { directory } = trial.job;
  const arrivedAt = await settled(
    trial,
    () => stored(directory),
    (found) => found >= count,
    50,
  );
  return { arrivedAt, whole: Math.min(count, stored(directory)) };
}

/** The moment at which it is complete; or of its last growth, when it has not grown for some seconds after the service printed all. */
async function settled(
  trial: Trial,
  look: () => number,
  isComplete: (size: number) => boolean,
  everyMs = 1,
): Promise<number> {
  const deadline = now() + limitMs;
  let size = -1;
  let grownAt = now();
  for (;;) {
    const next = look();
    if (next !== size) grownAt = now();
    size = next;
    if (isComplete(size)) return grownAt;
    const isPrinted = (): boolean => trial.stamps().some(({ what }) => what === "printed");
    if (now() - grownAt > quietMs && isPrinted()) return grownAt;
    if (now() > deadline) throw new Error(`only ${size} has arrived in ${limitMs / 1000} s`);
    await sleep(everyMs);
  }
}

function peakOf(trial: Trial): number {
  return trial
    .own()
    .map((pid) => peakMemory(pid) ?? 0)
    .reduce((sum, mb) => sum + mb, 0);
}
