// How fast the tailer follows a program that writes 1,000,000 lines of 100 bytes into its log, against the program alone.
// Usage: node bench/tail.ts [runs]. Needs gcc. Prints the medians in MB/s and their ratio.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLogFile } from "../src/effects/logs/file.ts";
import { countLines } from "../src/effects/logs/lines.ts";
import { createRing } from "../src/effects/logs/ring.ts";
import { tailLog } from "../src/effects/logs/tail.ts";

const lines = 1_000_000;
const lineLength = 100;
const runs = Number(process.argv[2] ?? 15);

const source = `
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **words) {
  static char block[65536];
  long left = atol(words[1]);
  const int perBlock = sizeof block / ${lineLength};
  memset(block, 'x', sizeof block);
  for (int line = 1; line <= perBlock; line++) block[line * ${lineLength} - 1] = '\\n';
  while (left > 0) {
    long now = left < perBlock ? left : perBlock;
    if (write(1, block, now * ${lineLength}) != now * ${lineLength}) return 1;
    left -= now;
  }
  return 0;
}`;

const directory = mkdtempSync(join(tmpdir(), "bench-tail-"));
try {
  const program = join(directory, "writer");
  writeFileSync(`${program}.c`, source);
  execFileSync("gcc", ["-O2", "-o", program, `${program}.c`]);

  const alone: number[] = [];
  const counted: number[] = [];
  const kept: number[] = [];
  for (let run = 0; run < runs; run++) {
    alone.push(await measure(program, "none"));
    counted.push(await measure(program, "count"));
    kept.push(await measure(program, "ring"));
  }
  report("program > file", alone);
  report("followed and counted", counted, alone);
  report("followed, counted and kept in a ring", kept, alone);
  console.log(`resident ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Milliseconds from the spawn until the last line was written, and seen where somebody follows. */
async function measure(program: string, follow: "none" | "count" | "ring"): Promise<number> {
  const path = join(directory, "logs", "writer.log");
  rmSync(path, { force: true });
  using file = openLogFile(path);
  const ring = createRing();
  let seen = 0;
  await using tail =
    follow === "none"
      ? undefined
      : tailLog({
          path,
          from: file.size,
          onLines: (batch) => {
            seen += countLines(batch);
            if (follow === "ring") ring.push(batch);
          },
        });
  const start = performance.now();
  const child = spawn(program, [String(lines)], { stdio: ["ignore", file.fd, file.fd] });
  await once(child, "exit");
  await tail?.drain();
  const took = performance.now() - start;
  if (tail !== undefined && seen !== lines) throw new Error(`saw ${seen} of ${lines} lines`);
  return took;
}

function report(name: string, times: readonly number[], base?: readonly number[]): void {
  const rate = (lines * lineLength) / 1e3 / median(times);
  const against = base === undefined ? "" : `, ${(median(base) / median(times)).toFixed(2)} of alone`;
  console.log(`${name}: median ${median(times).toFixed(1)} ms, ${rate.toFixed(0)} MB/s${against}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
