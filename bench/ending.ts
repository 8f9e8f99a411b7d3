// How long services that obey take to be gone: after their supervisor was killed, and after it was asked to stop.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { environment, type ServiceText, stampFile, writeManifest } from "./launch.ts";
import { type Bench, now, ownProcesses, processesOf, proportionalMemory, readStamps } from "./machine.ts";
import type { Effort } from "./measure.ts";
import { startVictim, type Victim } from "./victim.ts";
import { watchEnds } from "./witness.ts";

/** From `kill -9` of the supervisor of twenty services that obey until the last of them is gone. */
export async function obedient(bench: Bench, { runs = 20 }: Effort): Promise<readonly Figure[]> {
  const samples: number[] = [];
  while (samples.length < runs) {
    await using victim = startVictim(bench, writeManifest(bench, idleServices(bench, 20)), { engine: "plain" });
    const services = await started(victim, 20);
    const watch = await watchEnds(bench, services);
    const killedAt = now();
    process.kill(victim.pid, "SIGKILL");
    samples.push(Math.max(...(await watch.ends).values()) - killedAt);
  }
  return [
    { name: "20 obey, supervisor killed: all gone", samples, unit: "ms", goal: { atMost: 100 } },
    { name: "… the slowest of all runs", samples: [Math.max(...samples)], unit: "ms", goal: { atMost: 100 } },
  ];
}

/** From SIGTERM to launch until a hundred services that obey are gone, and until it has ended, beside one bare signal to each. */
export async function stop100(bench: Bench, { runs = 10 }: Effort): Promise<readonly Figure[]> {
  const gone: number[] = [];
  const ended: number[] = [];
  const bare: number[] = [];
  while (gone.length < runs) {
    bare.push(await signalBare(bench));
    await using victim = startVictim(bench, writeManifest(bench, idleServices(bench, 100)), { engine: "plain" });
    const services = await started(victim, 100);
    const watch = await watchEnds(bench, [...services, victim.pid]);
    const askedAt = now();
    process.kill(victim.pid, "SIGTERM");
    const ends = await watch.ends;
    gone.push(Math.max(...services.map((pid) => ends.get(pid) ?? Infinity)) - askedAt);
    ended.push((ends.get(victim.pid) ?? Infinity) - askedAt);
    const code = await victim.ended;
    if (code !== 0) throw new Error(`launch ended with ${code}`);
  }
  return [
    { name: "stop of 100 that obey: all gone", samples: gone, unit: "ms", goal: { atMost: 60 } },
    { name: "… launch itself has ended", samples: ended, unit: "ms", goal: { atMost: 100 } },
    { name: "… floor: a signal to each of 100 groups", samples: bare, unit: "ms", goal: { atMost: 60 } },
  ];
}

/** What the helpers of a supervisor use while twenty services run: all processes of its own below it. */
export async function guard(bench: Bench, { runs = 3 }: Effort): Promise<readonly Figure[]> {
  const samples: number[] = [];
  while (samples.length < runs) {
    await using victim = startVictim(bench, writeManifest(bench, idleServices(bench, 20)), { engine: "plain" });
    await started(victim, 20);
    const helpers = ownProcesses(victim.pid, bench.service).filter((pid) => pid !== victim.pid);
    if (helpers.length === 0) throw new Error("launch has no guard: it started nothing but services");
    samples.push(helpers.map(proportionalMemory).reduce((sum, mb) => sum + mb, 0));
  }
  return [{ name: "guard and all other helpers: PSS", samples, unit: "MB", goal: { atMost: 1 } }];
}

/** Services that end at the first signal, each with nothing but its stamp. */
export function idleServices(bench: Bench, count: number): Readonly<Record<string, ServiceText>> {
  const names = Array.from({ length: count }, (_, index) => `s${String(index).padStart(2, "0")}`);
  return Object.fromEntries(names.map((name) => [name, { command: [bench.service, "idle"], env: { NAME: name } }]));
}

/** Waits until all run and things are quiet; gives their pids. */
async function started(victim: Victim, count: number): Promise<readonly number[]> {
  await victim.until(`${count} services run`, () => readStamps(stampFile(victim.directory)).length >= count);
  // Beyond what launch does once everything is up.
  const quietAt = now() + 1000;
  await victim.until("it is quiet", () => now() > quietAt);
  return readStamps(stampFile(victim.directory)).map(({ pid }) => pid);
}

/** Milliseconds until a hundred processes in groups of their own are gone after nothing but a signal to each group. */
async function signalBare(bench: Bench): Promise<number> {
  const env = environment(bench.directory);
  const children = Array.from({ length: 100 }, (): ChildProcess =>
    spawn(bench.service, ["idle"], { env, stdio: "ignore", detached: true }),
  );
  const pids = children.map(({ pid = 0 }) => pid);
  const all = Promise.all(children.map((child) => once(child, "exit")));
  while (processesOf(bench.service).length < pids.length) await sleep(5);
  const watch = await watchEnds(bench, pids);
  const askedAt = now();
  for (const pid of pids) process.kill(-pid, "SIGTERM");
  const ends = await watch.ends;
  await all;
  return Math.max(...ends.values()) - askedAt;
}
