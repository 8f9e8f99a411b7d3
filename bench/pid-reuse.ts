// Numbers of processes that are given away again: a killed run's state names processes that are now somebody else's.
// What is forced upon the numbers happens inside a pid namespace of its own, where `pid-reuse-inside.ts` runs.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import type { Figure } from "./figures.ts";
import type { Bench } from "./machine.ts";
import type { Effort } from "./measure.ts";

/** What one run inside the namespace found. */
export interface Reuse {
  /** Innocent processes, each with the number of one that the killed run knew. */
  readonly innocents: number;
  readonly harmed: number;
  /** Of the killed run's own, at the end. */
  readonly left: number;
}

/** Needs root, for the namespace. */
export async function pidreuse(bench: Bench, { runs = 5 }: Effort): Promise<readonly Figure[]> {
  const found = Array.from({ length: runs }, () => reuseOnce(bench));
  const never = { never: { above: 0 } };
  return [
    {
      name: "innocents with the numbers of a killed run",
      samples: found.map((one) => one.innocents),
      unit: "processes",
      goal: { atLeast: 4 },
    },
    { name: "… harmed by the next start", samples: found.map((one) => one.harmed), unit: "processes", goal: never },
    { name: "… of the killed run itself, left", samples: found.map((one) => one.left), unit: "processes", goal: never },
  ];
}

function reuseOnce(bench: Bench): Reuse {
  const inside = resolve(import.meta.dirname, "pid-reuse-inside.ts");
  // The shell is the namespace's first process: it waits for whatever has lost its parent, else no number would come free.
  const init = ["sh", "-c", '"$@" & wait $!', "sh", process.execPath, inside, JSON.stringify(bench)];
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    ["--pid", "--fork", "--mount-proc", "--kill-child", ...init],
    {
      encoding: "utf8",
      timeout: 60_000,
      killSignal: "SIGKILL",
    },
  );
  if (status !== 0) throw new Error(`it failed within the namespace: ${stderr}`);
  return JSON.parse(stdout) as Reuse;
}
