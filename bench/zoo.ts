// Services that try to escape, and a supervisor that is killed at any moment: what is left.

import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { type Bench, compile, now } from "./machine.ts";
import type { Effort } from "./measure.ts";
import { startVictim, type Victim } from "./victim.ts";
import { describeProcess, waitUntilEmpty } from "./witness.ts";

const modes =
  "plain tree leader-exits deaf stopped own-group own-session daemon-beside daemon-alone daemon-bare daemon-disguised hopper session-hopper bare-hopper".split(
    " ",
  );

/** Those that stay when the two whose leaders go have been swept, less the hoppers that one look may miss. */
export const steadyProcesses = 27;
const graceMs = 1000;
const stranger = 65_534;

/** One way to be killed. */
interface Death {
  readonly engine: "plain" | "terminal";
  readonly moment: "start" | "steady" | "stop";
  readonly loaded: boolean;
  readonly uid: number | undefined;
}

/** Kills the supervisor of about thirty hostile processes; each sample is how many were left after the grace and 2 s. */
export async function zoo(bench: Bench, { runs = 200 }: Effort): Promise<readonly Figure[]> {
  const program = compile(bench.directory, "zoo");
  chmodSync(bench.directory, 0o755);
  const left = new Map<Death, number>();
  const deaths = planOf(runs);
  for (const [index, death] of deaths.entries()) {
    using _load = startLoad(program, death.loaded ? 2 : 0);
    const survivors = await killOnce(bench, program, death);
    left.set(death, survivors.length);
    for (const words of survivors.slice(0, 6)) console.error(`  left (${describe(death)}): ${words}`);
    if (survivors.length > 6) console.error(`  … ${survivors.length} in all`);
    if ((index + 1) % 10 > 0 && survivors.length === 0) continue;
    console.error(
      `  ${index + 1} of ${runs}, ${[...left.values()].filter((count) => count > 0).length} with survivors`,
    );
  }
  const figures = [
    { name: "hostile zoo, supervisor killed: left", chosen: deaths },
    { name: "… beside two busy loops", chosen: deaths.filter(({ loaded }) => loaded) },
    { name: "… as an unprivileged user", chosen: deaths.filter(({ uid }) => uid !== undefined) },
  ];
  return figures
    .filter(({ chosen }) => chosen.length > 0)
    .map(({ name, chosen }) => ({
      name,
      samples: chosen.map((death) => left.get(death) ?? Infinity),
      unit: "processes",
      goal: { never: { above: 0 } },
    }));
}

/** Every second under load; of twenty, three as a stranger and five behind a dashboard; each moment as often as the others. */
function planOf(runs: number): readonly Death[] {
  return Array.from({ length: runs }, (_, index) => ({
    engine: index % 4 === 3 ? "terminal" : "plain",
    moment: (["steady", "start", "stop"] as const)[index % 3] ?? "steady",
    loaded: index % 2 === 1,
    uid: [4, 10, 17].includes(index % 20) ? stranger : undefined,
  }));
}

/** Gives a line about each process that is left. */
async function killOnce(bench: Bench, program: string, death: Death): Promise<readonly string[]> {
  const directory = writeZoo(bench, program, death.uid);
  try {
    await using victim = startVictim(bench, directory, death);
    await reach(death.moment, victim);
    if (!victim.hasEnded()) process.kill(victim.pid, "SIGKILL");
    await victim.ended;
    const left = await waitUntilEmpty(directory, graceMs + 2000);
    return left.map(describeProcess);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function reach(moment: Death["moment"], victim: Victim): Promise<void> {
  if (moment === "start") return sleep(20 + Math.random() * 500);
  await victim.populated(steadyProcesses);
  // Beyond the moment at which leaders go.
  if (moment === "steady") return sleep(Math.random() * 1000);
  process.kill(victim.pid, "SIGTERM");
  const deadline = now() + Math.random() * (graceMs + 300);
  while (now() < deadline && !victim.hasEnded()) await sleep(5);
}

/** A project in a directory of its own with a copy of the program, which no other run has. */
export function writeZoo(bench: Bench, program: string, uid?: number): string {
  const directory = mkdtempSync(join(bench.directory, "zoo-"));
  const copy = join(directory, "animal");
  copyFileSync(program, copy);
  const services = Object.fromEntries(modes.map((mode) => [mode, { command: [copy, mode], restart: "no" }]));
  const defaults = { stop: { timeout: `${graceMs}ms` } };
  writeFileSync(join(directory, "services.yaml"), JSON.stringify({ name: "zoo", defaults, services }));
  chmodSync(directory, 0o755);
  if (uid !== undefined) chownSync(directory, uid, uid);
  return directory;
}

/** So many processors' worth of work, until disposal. */
function startLoad(program: string, processes: number): Disposable {
  const loops = Array.from({ length: processes }, (): ChildProcess => spawn(program, ["busy"], { stdio: "ignore" }));
  return { [Symbol.dispose]: () => loops.forEach((loop) => loop.kill("SIGKILL")) };
}

function describe({ engine, moment, loaded, uid }: Death): string {
  return [engine, moment, ...(loaded ? ["loaded"] : []), ...(uid === undefined ? [] : [`uid ${uid}`])].join(", ");
}
