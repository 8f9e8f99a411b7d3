// Twenty services that crash and are restarted at random for a long time: what the engine grows by, and what gathers around it.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { environment, type ServiceText, writeManifest } from "./launch.ts";
import { type Bench, compile, now } from "./machine.ts";
import type { Effort } from "./measure.ts";
import { startVictim, type Victim } from "./victim.ts";
import { describeProcess, inhabitants, kill } from "./witness.ts";

/** A service as `launch status --json` shows it. */
interface Member {
  readonly name: string;
  readonly phase: string;
  readonly pid?: number;
}

/** What is there while all twenty are ready and nothing is under way. */
interface Calm {
  /** What each descriptor of the engine is, without numbers that differ each time. */
  readonly descriptors: readonly string[];
  readonly processes: number;
}

/** Goes on for the minutes asked for, the first sixth of which (five of thirty) is warm-up. */
export async function soak(bench: Bench, { minutes }: Effort): Promise<readonly Figure[]> {
  const animal = compile(bench.directory, "zoo");
  const directory = writeManifest(bench, fleet(bench, animal, minutes));
  await using victim = startVictim(bench, directory, { engine: "terminal" });
  const memory: Sample[] = [];
  using _sampling = setInterval(() => memory.push({ at: now(), mb: residentMb(victim.pid) }), 2000);
  const startedAt = now();
  const warmUpMs = (minutes * 60_000) / 6;
  const tally = { killed: 0, restarted: 0 };
  await disturb(bench, victim, startedAt + warmUpMs, tally);
  const warm = await calm(bench, victim);
  const warmAt = now();
  await disturb(bench, victim, startedAt + minutes * 60_000, tally);
  const end = await calm(bench, victim);
  const more = lessThese(end.descriptors, warm.descriptors);
  for (const what of more) console.error(`  more than before: ${what}`);
  const slope = slopeOf(memory.filter(({ at }) => at > warmAt)) * 600_000;
  console.error(`  ${tally.killed} killed, ${tally.restarted} restarted; ${describeMemory(memory)}`);

  process.kill(victim.pid, "SIGTERM");
  const code = await victim.ended;
  const left = inhabitants(directory);
  for (const pid of left) console.error(`  left: ${describeProcess(pid)}`);
  if (code !== 0 && code !== 143) throw new Error(`launch ended with ${code}`);
  const never = { never: { above: 0 } };
  return [
    {
      name: `soak of ${minutes} min: growth in 10 min after warm-up`,
      samples: [slope],
      unit: "MB",
      goal: { atMost: 1 },
    },
    {
      name: "… more descriptors at the end",
      samples: [more.length],
      unit: "descriptors",
      goal: never,
    },
    { name: "… more processes at the end", samples: [end.processes - warm.processes], unit: "processes", goal: never },
    { name: "… left after the stop", samples: [left.length], unit: "processes", goal: never },
    {
      name: "… crashes and restarts by us",
      samples: [tally.killed + tally.restarted],
      unit: "times",
      goal: { atLeast: 1 },
    },
  ];
}

/** Idle ones, writers, trees, daemons, and some that end by themselves every few seconds. */
function fleet(bench: Bench, animal: string, minutes: number): Readonly<Record<string, ServiceText>> {
  // Should we be killed ourselves, they end soon after the time at which we would have ended them.
  const endSecond = String(Math.round(now() / 1000) + minutes * 60 + 300);
  const restart = { policy: "always", delay: "50ms", max_delay: "200ms", max_restarts: 1_000_000 };
  const logs = { max_size: "1MB", keep: 2 };
  const stop = { timeout: "500ms" };
  const endure = (command: readonly string[]): ServiceText => ({ command, restart, stop, logs });
  const of = (count: number, name: string, make: (index: number) => readonly string[]) =>
    Array.from({ length: count }, (_, index) => [`${name}${index}`, endure(make(index))] as const);
  return Object.fromEntries([
    ...of(6, "idle", () => [bench.service, "idle"]),
    ...of(5, "writer", (index) => [bench.service, "rate", String(100 * (index + 1)), "120"]),
    ...of(3, "tree", () => [animal, "tree", endSecond]),
    ...of(2, "daemon", () => [animal, "daemon-bare", endSecond]),
    ...of(4, "fleeting", (index) => ["/bin/sh", "-c", `echo begun; sleep ${index + 3}; echo over; exit ${index % 2}`]),
  ]);
}

/** Kills or restarts one at random, about every second, until the moment has come. */
async function disturb(
  bench: Bench,
  victim: Victim,
  until: number,
  tally: { killed: number; restarted: number },
): Promise<void> {
  while (now() < until) {
    await sleep(500 + Math.random() * 1000);
    const lasting = membersOf(bench, victim).filter(({ name }) => !name.startsWith("fleeting"));
    const member = lasting[Math.floor(Math.random() * lasting.length)];
    if (member === undefined) throw new Error("launch status names no services");
    if (Math.random() < 0.7 && member.pid !== undefined) {
      kill(member.pid);
      tally.killed++;
    } else {
      ask(bench, victim, ["restart", member.name]);
      tally.restarted++;
    }
  }
}

/** Stops those that come and go, waits until all others are ready, and counts. */
async function calm(bench: Bench, victim: Victim): Promise<Calm> {
  const fleeting = membersOf(bench, victim)
    .map(({ name }) => name)
    .filter((name) => name.startsWith("fleeting"));
  ask(bench, victim, ["stop", ...fleeting]);
  const deadline = now() + 30_000;
  const isCalm = ({ name, phase }: Member): boolean => (fleeting.includes(name) ? phase === "idle" : phase === "ready");
  for (;;) {
    const restless = membersOf(bench, victim).filter((member) => !isCalm(member));
    if (restless.length === 0) break;
    if (now() > deadline) throw new Error(`not calm after 30 s: ${JSON.stringify(restless)}`);
    await sleep(200);
  }
  await sleep(2000);
  const counted = {
    descriptors: descriptorsOf(victim.pid),
    processes: inhabitants(victim.directory).length,
  };
  console.error(`  calm: ${counted.descriptors.length} descriptors, ${counted.processes} processes`);
  ask(bench, victim, ["start", ...fleeting]);
  return counted;
}

function descriptorsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .map((number) => readlinkSync(`/proc/${pid}/fd/${number}`).replaceAll(/:\[\d+\]$/g, ""))
    .toSorted();
}

/** What the first list has more often than the second. */
function lessThese(all: readonly string[], these: readonly string[]): readonly string[] {
  const left = [...these];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function membersOf(bench: Bench, victim: Victim): readonly Member[] {
  return (JSON.parse(ask(bench, victim, ["status", "--json"])) as { readonly services: readonly Member[] }).services;
}

/** Runs a command of launch beside the run and gives what it prints; throws when it fails in another way than `status` may. */
function ask(bench: Bench, victim: Victim, args: readonly string[]): string {
  const { directory } = victim;
  const options = { cwd: directory, env: environment(directory), encoding: "utf8", timeout: 30_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [bench.launch, ...args], options);
  // A service that is killed while it is waited for makes this 1; the run goes on.
  if (status !== 0 && status !== 1) throw new Error(`launch ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

interface Sample {
  readonly at: number;
  readonly mb: number;
}

/** Least squares, in megabytes a millisecond. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = mean(samples.map((sample) => sample.at));
  const mb = mean(samples.map((sample) => sample.mb));
  const covariance = samples.reduce((sum, sample) => sum + (sample.at - at) * (sample.mb - mb), 0);
  return covariance / samples.reduce((sum, sample) => sum + (sample.at - at) ** 2, 0);
}

/** Ten moments of equal distance. */
function describeMemory(memory: readonly Sample[]): string {
  const step = Math.max(1, Math.floor(memory.length / 10));
  const some = memory.filter((_, index) => index % step === 0);
  return `RSS in MB ${some.map(({ mb }) => mb.toFixed(1)).join(" ")}`;
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
