// Supervisor and guard killed at the same moment: nobody is there to end the services but the next start.

import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { type Bench, compile, now, ownProcesses, processesOf } from "./machine.ts";
import type { Effort } from "./measure.ts";
import { startVictim } from "./victim.ts";
import { clear, describeProcess, kill } from "./witness.ts";
import { steadyProcesses, writeZoo } from "./zoo.ts";

/** How the two died: at once, or the guard a moment later, while it was ending what the supervisor had left. */
const deaths = ["at once", "guard while it sweeps"] as const;
type Death = (typeof deaths)[number];

/** Each sample is how many of the former run were left when the next one started its first service. */
export async function both(bench: Bench, { runs = 30 }: Effort): Promise<readonly Figure[]> {
  const program = compile(bench.directory, "zoo");
  const left: number[] = [];
  const times: number[] = [];
  while (left.length < runs) {
    const directory = writeZoo(bench, program);
    const engine = left.length % 2 === 0 ? "plain" : "terminal";
    // A third of them, so that each death meets each engine.
    const death = left.length % 3 === 2 ? deaths[1] : deaths[0];
    try {
      await killBoth(bench, directory, engine, death);
      const next = await startNext(bench, directory);
      left.push(next.left.length);
      times.push(next.ms);
      for (const words of next.left.slice(0, 5)) console.error(`  left (${engine}, ${death}): ${words}`);
    } finally {
      await clear(directory);
      rmSync(directory, { recursive: true, force: true });
    }
  }
  const never = { never: { above: 0 } };
  return [
    { name: "guard and supervisor killed: left at the next start", samples: left, unit: "processes", goal: never },
    { name: "… from the next start to its first service", samples: times, unit: "ms", goal: { atMost: 3000 } },
  ];
}

async function killBoth(bench: Bench, directory: string, engine: "plain" | "terminal", death: Death): Promise<void> {
  // Not disposed: that would end what the next start is to end.
  const victim = startVictim(bench, directory, { engine });
  await victim.populated(steadyProcesses);
  await sleep(Math.random() * 500);
  const animal = join(directory, "animal");
  const guards = ownProcesses(victim.pid, animal).filter((pid) => pid !== victim.pid);
  if (guards.length === 0) throw new Error("launch has no guard: it started nothing but services");
  if (death === "at once") {
    const killed = Math.random() < 0.5 ? [victim.pid, ...guards] : [...guards, victim.pid];
    killed.forEach(kill);
  } else {
    kill(victim.pid);
    // Within the grace of those that are deaf.
    await sleep(Math.random() * 800);
    guards.flatMap((pid) => ownProcesses(pid, animal)).forEach(kill);
  }
  await victim.ended;
  await sleep(100);
  // Were nothing left the next start would have nothing to show.
  if (processesOf(animal).length === 0) throw new Error("nothing was left for the next start: somebody else ended it");
}

/** Starts one other service in the same project; gives what of the former run lives when that has begun. */
async function startNext(
  bench: Bench,
  directory: string,
): Promise<{ readonly left: readonly string[]; readonly ms: number }> {
  const other = join(directory, "other");
  copyFileSync(bench.service, other);
  writeFileSync(
    join(directory, "services.yaml"),
    JSON.stringify({ name: "zoo", services: { other: { command: [other, "idle"] } } }),
  );
  await using next = startVictim(bench, directory, { engine: "plain" });
  await next.until("the next run's first service", () => processesOf(other).length > 0);
  const ms = now() - next.startedAt;
  const left = processesOf(join(directory, "animal")).map(describeProcess);
  return { left, ms };
}
