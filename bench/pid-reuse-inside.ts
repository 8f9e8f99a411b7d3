// Runs inside a pid namespace for `pid-reuse.ts`: kills a run with its guard, gives its numbers to innocent processes, starts the next.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { copyFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { writeManifest } from "./launch.ts";
import { idleServices } from "./ending.ts";
import { type Bench, ownProcesses, processesOf, programOf } from "./machine.ts";
import type { Reuse } from "./pid-reuse.ts";
import { startVictim } from "./victim.ts";

const bench = JSON.parse(process.argv[2] ?? "") as Bench;
const directory = writeManifest(bench, idleServices(bench, 6));
const known = await killRun();
const [keep, ...free] = known;
const innocent = join(bench.directory, "innocent");
copyFileSync(bench.service, innocent);
free.forEach(takeNumber);
const taken = free.filter((pid) => programOf(pid) === innocent);

const other = join(bench.directory, "other");
copyFileSync(bench.service, other);
writeFileSync(
  join(directory, "services.yaml"),
  JSON.stringify({ name: "bench", services: { other: { command: [other, "idle"] } } }),
);
console.log(JSON.stringify(await startNext()));

async function startNext(): Promise<Reuse> {
  await using next = startVictim(bench, directory, { engine: "plain" });
  await next.until("the next run's service", () => processesOf(other).length > 0);
  process.kill(next.pid, "SIGTERM");
  await next.ended;
  return {
    innocents: taken.length,
    harmed: taken.filter((pid) => programOf(pid) !== innocent).length,
    left: programOf(keep ?? 0) === bench.service ? 1 : 0,
  };
}

/** Leaves one service of it alive, so that the next start has something to end; gives that one's number first, then all others. */
async function killRun(): Promise<readonly number[]> {
  const victim = startVictim(bench, directory, { engine: "plain" });
  await victim.until("six services run", () => processesOf(bench.service).length === 6);
  await sleep(500);
  const services = processesOf(bench.service);
  const own = ownProcesses(victim.pid, bench.service);
  const gone = [...own.toReversed(), ...services.slice(1)];
  for (const pid of gone) process.kill(pid, "SIGKILL");
  await victim.ended;
  // The first process of the namespace waits for them in its own time.
  await sleep(200);
  return [...services.slice(0, 1), ...gone];
}

/** Starts a process with just this number, that leads a group and a session of this number: all that launch may have noted of it. */
function takeNumber(pid: number): void {
  const script = `echo ${pid - 1} >/proc/sys/kernel/ns_last_pid; setsid "$0" idle </dev/null >/dev/null 2>&1 &`;
  for (let attempt = 0; attempt < 5 && programOf(pid) !== innocent; attempt++) {
    execFileSync("sh", ["-c", script, innocent], { cwd: "/", env: { PATH: process.env["PATH"] } });
    execFileSync("sleep", ["0.1"]);
  }
}
