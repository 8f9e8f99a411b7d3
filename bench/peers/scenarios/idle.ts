// A hundred services that do nothing: their start and their end, and what whoever watches them uses.

import { setTimeout as sleep } from "node:timers/promises";
import { cpuTime, now, proportionalMemory } from "../../machine.ts";
import { watchEnds } from "../../witness.ts";
import type { Contender } from "../contender.ts";
import { commandLineOf, waitUntilGone } from "../residents.ts";
import { type Ground, prepare, type Prepared, type Wanted } from "../prepared.ts";
import { start } from "../trial.ts";
import { type Measured, namesOf } from "./scenario.ts";
import { lastStamp } from "./startup.ts";

const names = namesOf(100);
const windowMs = 20_000;
const stopLimitMs = 60_000;

/** From the command to the last start; from the request to stop to the last end; memory in between. */
export const idle: Measured = {
  scenario: "idle",
  title: "100 idle services",
  about:
    "From the spawn of the command to the last start, and from the request to stop until the last service is gone; all of them obey. Memory is the proportional set size of the supervisor and all its helpers, shells included. What runs on Node runs on a copy of its own, so that it shares no memory with others' Node.",
  columns: [
    { key: "running", title: "all running", unit: "ms", better: "less", picture: "100 idle services, all running" },
    { key: "gone", title: "all gone", unit: "ms", better: "less", picture: "100 idle services, all gone" },
    { key: "pss", title: "PSS", unit: "MB", better: "less", picture: "Memory with 100 services (PSS)" },
    { key: "helpers", title: "processes of its own" },
  ],
  enough: 5,
  how: "alone",
  async measure(ground, contender, find) {
    await using prepared = prepareIdle(ground, contender, "idle");
    const trial = start(prepared);
    const running = (await lastStamp(trial, "started", names)) - trial.startedAt;
    await sleep(1000);
    const own = trial.own();
    const memory = own.map(memoryOf).reduce((sum, mb) => sum + mb, 0);
    const pids = trial.stamps().map(({ pid }) => pid);
    const watch = await watchEnds(ground.bench, pids);
    const askedAt = await trial.askToStop();
    const limit = sleep(stopLimitMs, "late" as const, { ref: false });
    const ends = await Promise.race([watch.ends, limit]);
    if (ends === "late") throw new Error(`not all of 100 were gone ${stopLimitMs / 1000} s after the stop`);
    await trial.until("its own end", () => (trial.hasStopped() ? true : undefined), 20_000);
    const left = await waitUntilGone(trial.job.directory, 2000);
    if (left.length > 0) {
      const commands = left.slice(0, 3).map(commandLineOf).join("; ");
      find(`${contender.peer.name} left ${left.length} processes after a stop of 100 services that obey: ${commands}`);
    }
    return [
      { column: "running", value: running },
      { column: "gone", value: Math.max(...ends.values()) - askedAt },
      { column: "pss", value: memory },
      { column: "helpers", words: String(own.length) },
    ];
  },
};

/** Processor time while nothing happens. */
export const cpu: Measured = {
  scenario: "cpu",
  title: "100 idle services, processor time",
  about:
    "Of the supervisor and all its helpers, per cent of one processor over 20 s, from a second after the last start. Below 0.01 is nothing.",
  columns: [{ key: "cpu", title: "CPU", unit: "%", better: "less", picture: "CPU with 100 idle services" }],
  enough: 3,
  // What idles disturbs nobody, and its time is its own.
  how: "together",
  async measure(ground, contender) {
    await using prepared = prepareIdle(ground, contender, "cpu");
    const trial = start(prepared);
    await lastStamp(trial, "started", names);
    await sleep(1000);
    const before = trial.own().map((pid) => [pid, timeOf(pid)] as const);
    const startedAt = now();
    await sleep(windowMs);
    const window = now() - startedAt;
    // What was about to go, or has gone, says nothing.
    const used = before
      .map(([pid, ms]) => (ms === undefined ? 0 : (timeOf(pid) ?? ms) - ms))
      .reduce((sum, ms) => sum + ms, 0);
    if (trial.stamps().length !== names.length) throw new Error("a service was started twice");
    // A thread that ended meanwhile has taken its time with it.
    return [{ column: "cpu", value: Math.max(0, (100 * used) / window) }];
  },
};

function prepareIdle(ground: Ground, contender: Contender, scenario: "idle" | "cpu"): Prepared {
  const services = names.map((name): [string, Wanted] => [name, { does: ["idle"] }]);
  return prepare(ground, contender, scenario, Object.fromEntries(services));
}

/** Undefined once it is gone. */
function timeOf(pid: number): number | undefined {
  try {
    return cpuTime(pid);
  } catch {
    return undefined;
  }
}

/** Nothing once it is gone, as a client may be. */
function memoryOf(pid: number): number {
  try {
    return proportionalMemory(pid);
  } catch {
    return 0;
  }
}
