// Services that try to escape, and a supervisor that is killed at any moment: what is left.

import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { type Bench, compile, now, ownProcesses } from "./machine.ts";
import type { Effort } from "./measure.ts";
import { startVictim, type Victim } from "./victim.ts";
import { describeProcess, identityOf, inhabitants, waitUntilEmpty } from "./witness.ts";

const modes =
  "plain tree leader-exits deaf stopped own-group own-session daemon-beside daemon-alone daemon-bare daemon-disguised hopper session-hopper bare-hopper".split(
    " ",
  );

/** Those that neither go nor hop: if their processes change, somebody has ended one. */
const peaceful = ["plain", "tree", "own-group", "own-session", "daemon-beside", "daemon-bare", "daemon-disguised"];

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
  // Whose processes look just like those that are to be ended, and are none of them.
  const end = Math.round(now() / 1000) + 600 + 30 * runs;
  await using neighbour = startVictim(bench, writeProject(bench, program, peaceful, [String(end)]), {
    engine: "plain",
  });
  await neighbour.populated(peaceful.length);
  await sleep(1000);
  const neighbours = inhabitants(neighbour.directory);
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
  const after = new Set(inhabitants(neighbour.directory));
  const harmed = neighbours.filter((pid) => !after.has(pid)).length;
  const figures = [
    { name: "hostile zoo, supervisor killed: left", chosen: deaths },
    { name: "… beside two busy loops", chosen: deaths.filter(({ loaded }) => loaded) },
    { name: "… as an unprivileged user", chosen: deaths.filter(({ uid }) => uid !== undefined) },
  ];
  const never = { never: { above: 0 } };
  const zoos = figures
    .filter(({ chosen }) => chosen.length > 0)
    .map(({ name, chosen }): Figure => {
      return { name, samples: chosen.map((death) => left.get(death) ?? Infinity), unit: "processes", goal: never };
    });
  const among = `… of ${neighbours.length} in another run of the same program: ended`;
  return [...zoos, { name: among, samples: [harmed], unit: "processes", goal: never }];
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
    // Guards work elsewhere, so that they are no inhabitants.
    const helpers = ownProcesses(victim.pid, join(directory, "animal")).map((pid) => [pid, identityOf(pid)] as const);
    if (!victim.hasEnded()) process.kill(victim.pid, "SIGKILL");
    const killedAt = now();
    await victim.ended;
    const left = await waitUntilEmpty(directory, graceMs + 2000);
    const stays = (): readonly number[] =>
      helpers.filter(([pid, identity]) => identity !== undefined && identityOf(pid) === identity).map(([pid]) => pid);
    while (stays().length > 0 && now() - killedAt < graceMs + 2000) await sleep(25);
    return [...left, ...stays()].map(describeProcess);
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

/** All of them in a project of their own. */
export function writeZoo(bench: Bench, program: string, uid?: number): string {
  const directory = writeProject(bench, program, modes, []);
  if (uid !== undefined) chownSync(directory, uid, uid);
  return directory;
}

/** A project in a directory of its own with a copy of the program, which no other run has. */
function writeProject(bench: Bench, program: string, chosen: readonly string[], args: readonly string[]): string {
  const directory = mkdtempSync(join(bench.directory, "zoo-"));
  const copy = join(directory, "animal");
  copyFileSync(program, copy);
  const services = Object.fromEntries(chosen.map((mode) => [mode, { command: [copy, mode, ...args], restart: "no" }]));
  const defaults = { stop: { timeout: `${graceMs}ms` } };
  writeFileSync(join(directory, "services.yaml"), JSON.stringify({ name: "zoo", defaults, services }));
  chmodSync(directory, 0o755);
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
