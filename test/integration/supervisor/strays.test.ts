// What an engine that died had begun and nobody takes back, where nothing carries a tag: launch within launch, and other systems.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readStat } from "../../../src/effects/processes/proc.ts";
import type { LiveRecord, RunRecord, ServiceRecord } from "../../../src/effects/state/state.ts";
import { endStrays } from "../../../src/supervisor/strays.ts";
import { openZoo, type Zoo } from "../../helpers/escapees.ts";
import { until } from "../../helpers/wait.ts";
import { startStranger, type Stranger } from "../ports/strangers.ts";

let zoo: Zoo;
const strangers: Stranger[] = [];
beforeEach(() => {
  zoo = openZoo();
});
afterEach(async () => {
  zoo[Symbol.dispose]();
  for (const stranger of strangers.splice(0)) await stranger.end();
});

/** A run of a service with a process in its group, or one that has left it, that goes on beside its leader or after it. */
async function start(
  service: string,
  out: "stays in its group" | "is a daemon",
  leader: "lives" | "ended" = "lives",
  isMarked = true,
) {
  const before = zoo.asleep().length;
  const [program = "", ...args] = zoo.command(out);
  const marker = `shop/default/${service}/1/9`;
  const script = 'echo up; exec "$@"';
  const stranger = await startStranger("sh", ["-c", script, "sh", program, ...args], {
    detached: true,
    // Some servers write over their environment.
    env: isMarked ? { ...process.env, LAUNCH_RUN: marker } : {},
  });
  strangers.push(stranger);
  const { startTicks } = readStat(stranger.pid)!;
  await until("both to be there", () => zoo.asleep().length === before + 2);
  const live: LiveRecord = {
    pid: stranger.pid,
    startTicks,
    run: 1,
    marker,
    ready: true,
    tty: false,
    logFrom: 0,
    sessionFrom: 0,
    signal: "SIGTERM",
    graceMs: 1000,
  };
  if (leader === "ended") await stranger.end();
  return { pid: stranger.pid, live };
}

function runOf(services: Readonly<Record<string, Partial<ServiceRecord>>>): RunRecord {
  const whole = { wanted: true, bounce: false, run: 1, restarts: 0, recentRestarts: [], ports: {} };
  return {
    launch: "1.0.0",
    boot: "",
    place: "",
    engine: { pid: 1 },
    marker: { start: "shop/default/", end: "/9" },
    since: 0,
    onDeath: "reclaim",
    ending: false,
    colors: false,
    startedAt: 0,
    engines: 0,
    reclaims: [],
    services: Object.fromEntries(Object.entries(services).map(([name, words]) => [name, { ...whole, ...words }])),
  };
}

describe("without a tag, what is not taken back is ended", () => {
  test.each([
    ["with a leader that lives, by its group", "stays in its group", "lives"],
    ["with a leader that has ended, by its LAUNCH_RUN", "is a daemon", "ended"],
    ["that was begun and not written down, by its LAUNCH_RUN", "is a daemon", "unknown"],
  ] as const)("%s, and what is taken back stays", async (_, out, leader) => {
    const taken = await start("web", "is a daemon");
    const lost = await start("api", out, leader === "ended" ? "ended" : "lives", out === "is a daemon");
    const run = runOf({ web: { live: taken.live }, api: leader === "unknown" ? {} : { live: lost.live } });
    const swept = await endStrays(run, [taken.live], []);
    expect(swept.flatMap(({ ended }) => ended).length).toBeGreaterThan(0);
    // The daemon of what was taken back, and itself.
    expect(zoo.living()).toHaveLength(2);
    expect(zoo.living()).toContain(taken.pid);
  });

  test("but for what a task has left that did what it was for, and what is spared", async () => {
    await start("seed", "is a daemon", "ended");
    const run = runOf({ seed: { over: { kind: "exited", code: 0 } } });
    await endStrays(run, [], []);
    expect(zoo.living()).toHaveLength(1);
    await endStrays(runOf({}), [], ["sleep"]);
    expect(zoo.living()).toHaveLength(1);
    await endStrays(runOf({}), [], []);
    expect(zoo.living()).toEqual([]);
  });
});

test("a process that has got the number of a leader is left alone", async () => {
  const { pid, live } = await start("other", "stays in its group");
  const older = { ...live, marker: "shop/default/api/1/9", startTicks: live.startTicks! - 1 };
  await endStrays({ ...runOf({ api: { live: older } }), marker: { start: "none/", end: "/0" } }, [], []);
  expect(zoo.living()).toHaveLength(2);
  expect(zoo.living()).toContain(pid);
});
