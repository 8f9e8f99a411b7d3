// How long it takes until something is there: the command itself, the check of what was written, services that are ready.

import { spawnSync } from "node:child_process";
import { freePorts, now } from "../../machine.ts";
import { prepare, type Wanted } from "../prepared.ts";
import { start, type Trial } from "../trial.ts";
import { hasNeeds, type Measured, namesOf } from "./scenario.ts";

/** The command that says its version. */
export const cold: Measured = {
  scenario: "cold",
  title: "Cold start",
  about: "The command with `--version` (or what it has for it), from its spawn to its end.",
  columns: [{ key: "ms", title: "`--version`", unit: "ms", better: "less", picture: "Cold start, --version" }],
  enough: 10,
  how: "alone",
  async measure(ground, contender) {
    // In a home of its own, since some start a daemon even for this.
    await using prepared = prepare(ground, contender, "cold", {});
    const { job, env, file } = prepared;
    const { peer } = contender;
    const startedAt = now();
    const { status } = spawnSync(file, peer.version, { cwd: job.directory, env, stdio: "ignore", timeout: 20_000 });
    const ms = now() - startedAt;
    if (status !== 0) throw new Error(`${file} ${peer.version.join(" ")} ended with ${status}`);
    return [{ column: "ms", value: ms }];
  },
};

/** The check of a chain of fifty services. */
export const check: Measured = {
  scenario: "check",
  title: "Check of 50 services",
  about:
    "Fifty services, each needing the one before where the peer has such a thing: says whether they are right, starts nothing.",
  columns: [{ key: "ms", title: "check", unit: "ms", better: "less", picture: "Check of 50 services" }],
  enough: 7,
  how: "alone",
  async measure(ground, contender) {
    const wanted = chainOf(await freePorts(50), 0, hasNeeds(contender));
    await using prepared = prepare(ground, contender, "check", wanted);
    const { plan, job, env, file } = prepared;
    if (plan.check === undefined) throw new Error("its adapter does not say how it checks");
    const startedAt = now();
    const { status, stdout, stderr } = spawnSync(file, plan.check, {
      cwd: job.directory,
      env,
      encoding: "utf8",
      timeout: 20_000,
    });
    const ms = now() - startedAt;
    if (status !== 0) throw new Error(`the check ended with ${status}: ${(stdout + stderr).slice(-500)}`);
    return [{ column: "ms", value: ms }];
  },
};

/** Twenty services that answer 50 ms after their start, and one that waits for all of them. */
export const ready: Measured = {
  scenario: "ready",
  title: "20 services, ready 50 ms after their start",
  about:
    "Each listens on a port 50 ms after it was started. `acted on`: the moment at which a service that needs all twenty has been started. All from the spawn of the command.",
  columns: [
    { key: "spawned", title: "last started", unit: "ms", better: "less" },
    { key: "listening", title: "all really ready", unit: "ms", better: "less", picture: "20 services really ready" },
    { key: "acted", title: "acted on", unit: "ms", better: "less", picture: "20 services ready, acted on" },
  ],
  enough: 5,
  how: "alone",
  async measure(ground, contender) {
    const ports = await freePorts(20);
    const names = namesOf(20);
    const gated = hasNeeds(contender);
    const services = Object.fromEntries(
      names.map((name, index): [string, Wanted] => [name, listening(ports[index] ?? 0, 50, gated)]),
    );
    const gate: Readonly<Record<string, Wanted>> = gated ? { gate: { does: ["idle"], needs: names } } : {};
    await using prepared = prepare(ground, contender, "ready", { ...services, ...gate });
    const trial = start(prepared);
    const spawned = await lastStamp(trial, "started", names);
    const ready = await lastStamp(trial, "listening", names);
    const observed = [
      { column: "spawned", value: spawned - trial.startedAt },
      { column: "listening", value: ready - trial.startedAt },
    ];
    if (!gated) return [...observed, { column: "acted", words: "cannot" }];
    const acted = await lastStamp(trial, "started", ["gate"]);
    if (acted < ready) throw new Error("the service that needs all was started before all listened");
    return [...observed, { column: "acted", value: acted - trial.startedAt }];
  },
};

/** Ten services of which each waits for the one before, 100 ms each. */
export const chain: Measured = {
  scenario: "chain",
  title: "Chain of 10, ready 100 ms after their start",
  about:
    "Each needs the one before to be ready. From the spawn of the command until the last listens, above the critical path of 1,000 ms, which no supervisor can save.",
  columns: [
    {
      key: "above",
      title: "above the critical path",
      unit: "ms",
      better: "less",
      picture: "Chain of 10, above the critical path",
    },
  ],
  enough: 5,
  how: "alone",
  async measure(ground, contender) {
    await using prepared = prepare(ground, contender, "chain", chainOf(await freePorts(10), 100, true));
    const trial = start(prepared);
    const ends = await lastStamp(trial, "listening", namesOf(10));
    const above = ends - trial.startedAt - 1000;
    if (above < 0) throw new Error("the chain was faster than its links: something did not wait");
    return [{ column: "above", value: above }];
  },
};

/** The last moment at which one of these was so, once all are. */
export function lastStamp(trial: Trial, what: "started" | "listening", names: readonly string[]): Promise<number> {
  return trial.until(`all of ${names.length} ${what}`, () => {
    const stamps = trial.stamps().filter((stamp) => stamp.what === what && names.includes(stamp.name));
    const found = new Set(stamps.map(({ name }) => name));
    return found.size === names.length ? Math.max(...stamps.map(({ at }) => at)) : undefined;
  });
}

function chainOf(ports: readonly number[], delayMs: number, linked: boolean): Readonly<Record<string, Wanted>> {
  const names = namesOf(ports.length);
  return Object.fromEntries(
    ports.map((port, index) => {
      const before = names[index - 1];
      const needs = linked && before !== undefined ? [before] : [];
      return [names[index], { ...listening(port, delayMs, linked), needs }];
    }),
  );
}

function listening(port: number, delayMs: number, probed: boolean): Wanted {
  return { does: ["listen", port, delayMs], port, ...(probed ? { probe: { path: "/" } } : {}) };
}
