// What is left when a supervisor is killed, and when it stops what does not want to be stopped.

import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../../machine.ts";
import { identityOf } from "../../witness.ts";
import type { Observation } from "../results.ts";
import { prepare, type Wanted } from "../prepared.ts";
import { start } from "../trial.ts";
import { type Measured, namesOf } from "./scenario.ts";

const orphanMs = 5000;
const stopLimitMs = 20_000;

/** Five services with a child each, five seconds after `kill -9` of what supervises them. */
export const orphans: Measured = {
  scenario: "orphans",
  title: "Orphans",
  about:
    "Five services with a child each; how many of these ten processes live 5 s after `kill -9` of the supervisor. All obey SIGTERM.",
  columns: [{ key: "left", title: "left of 10", unit: "of 10", better: "less", picture: "Orphans after kill -9" }],
  enough: 3,
  how: "together",
  async measure(ground, contender) {
    const services = namesOf(5).map((name): [string, Wanted] => [name, { does: ["family"] }]);
    await using prepared = prepare(ground, contender, "orphans", Object.fromEntries(services));
    const trial = start(prepared);
    const members = await trial.until("ten processes", () => {
      const stamps = trial.stamps();
      return stamps.length >= 10 ? stamps.map(({ pid }) => pid) : undefined;
    });
    await sleep(1000);
    const before = members.map((pid) => [pid, identityOf(pid)] as const);
    if (before.some(([, identity]) => identity === undefined)) throw new Error("a service ended before its supervisor");
    process.kill(trial.supervisor(), "SIGKILL");
    await sleep(orphanMs);
    return [{ column: "left", value: before.filter(([pid, identity]) => identityOf(pid) === identity).length }];
  },
};

/** A service that ignores what asks it to end, its child, and a daemon of its, after a stop. */
export const survivors: Measured = {
  scenario: "survivors",
  title: "Stop of a service that does not listen",
  about:
    "A service, its child, and a daemon that it made (a child of nobody, in a session of its own), all of which ignore SIGTERM, SIGINT and SIGHUP; grace 2 s where it can be set. Who is alive when the supervisor has ended, or 20 s after the request.",
  columns: [
    { key: "left", title: "left alive" },
    { key: "exit", title: "supervisor ends after", unit: "ms", better: "less" },
  ],
  enough: 3,
  how: "together",
  async measure(ground, contender) {
    await using prepared = prepare(ground, contender, "survivors", { deaf: { does: ["deaf"], graceMs: 2000 } });
    const trial = start(prepared);
    const members = await trial.until("three processes", () => {
      const stamps = trial.stamps();
      return stamps.length >= 3 ? stamps : undefined;
    });
    const before = members.map(({ pid, what }) => ({ what, pid, identity: identityOf(pid) }));
    await sleep(1000);
    const askedAt = await trial.askToStop();
    while (!trial.hasStopped() && now() - askedAt < stopLimitMs) await sleep(5);
    const ms = now() - askedAt;
    const exit: Observation = trial.hasStopped()
      ? { column: "exit", value: ms }
      : { column: "exit", words: `not in ${stopLimitMs / 1000} s`, right: false };
    // What was killed last may take a moment.
    await sleep(200);
    const left = before.filter(({ pid, identity }) => identity !== undefined && identityOf(pid) === identity);
    const words = left.map(({ what }) => nameOf[what]).join(", ");
    return [{ column: "left", words: words === "" ? "nothing" : words, right: left.length === 0 }, exit];
  },
};

const nameOf = {
  started: "service",
  child: "child",
  daemon: "daemon",
  listening: "service",
  printed: "service",
} as const;
