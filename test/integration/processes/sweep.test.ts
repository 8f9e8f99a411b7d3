import { closeSync, openSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readStat } from "../../../src/effects/processes/proc.ts";
import { signalProcess } from "../../../src/effects/processes/signal.ts";
import { spawnService } from "../../../src/effects/processes/spawn.ts";
import { type Sought, sweep, type SweepOptions } from "../../../src/effects/processes/sweep.ts";
import { formatTag, newInstance, readTag } from "../../../src/effects/processes/tag.ts";
import { type Escapee, escapees, openZoo, type Zoo } from "../../helpers/escapees.ts";
import { until } from "../ports/strangers.ts";

const instance = newInstance();
const options: SweepOptions = { signal: "SIGTERM", graceMs: 300, spare: [] };
let zoo: Zoo;
beforeEach(() => {
  zoo = openZoo();
});
afterEach(() => zoo[Symbol.dispose]());

interface Started {
  readonly pid: number;
  readonly startTicks: number;
  readonly ended: Promise<void>;
}

async function start(kind: Escapee, service: number, run = 1): Promise<Started> {
  const output = openSync("/dev/null", "a");
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const spawned = await spawnService(
    {
      command: { args: zoo.command(kind) },
      cwd: "/",
      env: { LAUNCH_RUN: `test/${service}/${run}` },
      stdin: "null",
      output,
      tag: formatTag({ instance, service, run }),
    },
    () => resolve(),
  );
  closeSync(output);
  if (!("pid" in spawned)) throw new Error(JSON.stringify(spawned));
  const { pid, startTicks = 0 } = spawned;
  // A leader waits as `sleep`; a hopper goes on as something else.
  await until(() => readStat(pid)?.name === "sleep" && zoo.living().length > 1);
  return { pid, startTicks, ended };
}

const sought = ({ pid, startTicks }: Started, service: number, run = 1): Sought => ({
  tag: { instance, service, run },
  leaders: [{ pid, startTicks }],
  isMarker: (marker) => marker === `test/${service}/${run}`,
  since: startTicks,
});

describe("nothing is left of a service whose process", () => {
  test.each(escapees)("%s", async (kind) => {
    const started = await start(kind, 1);
    signalProcess({ pid: started.pid, group: true }, "SIGKILL");
    await started.ended;
    const { alive } = await sweep(sought(started, 1), options);
    expect(alive).toEqual([]);
    expect(zoo.living()).toEqual([]);
  });
  test("is any of these, all at once, with the leaders alive", async () => {
    const all = await Promise.all(escapees.map((kind, index) => start(kind, index)));
    const { alive } = await sweep(
      { tag: { instance }, leaders: [], isMarker: () => false, since: Math.min(...all.map((one) => one.startTicks)) },
      options,
    );
    expect(alive).toEqual([]);
    expect(zoo.living()).toEqual([]);
  });
});

test("what was found is named, each program once", async () => {
  const started = await start("is a daemon with an empty environment", 1);
  signalProcess({ pid: started.pid, group: true }, "SIGKILL");
  await started.ended;
  const [daemon] = zoo.living();
  const { ended } = await sweep(sought(started, 1), options);
  expect(ended).toEqual([
    { pid: daemon, command: expect.stringMatching(/\/sleep 1000$/), tag: { instance, service: 1, run: 1 } },
  ]);
});

test("a run of one service is swept, and no other run or service is touched", async () => {
  const kind = "is a daemon with an empty environment";
  const [former, next, other] = await Promise.all([start(kind, 1, 1), start(kind, 1, 2), start(kind, 2, 1)]);
  await until(() => zoo.living().length === 6);
  await sweep(sought(former, 1), options);
  const tags = zoo.living().map((pid) => readTag(pid));
  expect(tags).toHaveLength(4);
  for (const tag of tags) expect(tag).not.toEqual({ instance, service: 1, run: 1 });
  expect([next, other].map(({ pid }) => readStat(pid)?.name)).toEqual(["sleep", "sleep"]);
});

test("without a tag, group, session and environment still tell", async () => {
  const started = await start("has a session of its own", 1);
  const { tag: _, ...untagged } = sought(started, 1);
  const { alive } = await sweep(untagged, options);
  expect(alive).toEqual([]);
  expect(zoo.living()).toEqual([]);
});

test("what ignores its signal has its grace, and none once there is a hurry", async () => {
  const started = await start("is a daemon that ignores SIGTERM", 1);
  signalProcess({ pid: started.pid, group: true }, "SIGKILL");
  await started.ended;
  const hurry = new AbortController();
  const begun = performance.now();
  setTimeout(() => hurry.abort(), 50);
  await sweep(sought(started, 1), { ...options, graceMs: 60_000, hurry: hurry.signal });
  expect(zoo.living()).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test("what was stopped is continued, so that it can end by its signal before its grace is over", async () => {
  const started = await start("is a stopped daemon", 1);
  const begun = performance.now();
  await sweep(sought(started, 1), { ...options, graceMs: 60_000 });
  expect(zoo.living()).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test("what others use too is spared and named, unless it stayed with the service", async () => {
  const started = await start("is a daemon", 1);
  const { spared, ended } = await sweep(sought(started, 1), { ...options, spare: ["sleep"] });
  expect(spared).toMatchObject([{ command: expect.stringMatching(/sleep 1000$/) }]);
  expect(ended).toHaveLength(1);
  expect(zoo.living()).toEqual(spared.map(({ pid }) => pid));
});

test("a process that got the number of a leader is left alone", async () => {
  const started = await start("stays in its group", 1);
  const stale = { ...started, startTicks: started.startTicks - 1 };
  const { alive, ended } = await sweep(
    { leaders: [stale], isMarker: () => false, since: stale.startTicks },
    { ...options, graceMs: 0 },
  );
  expect({ alive, ended }).toEqual({ alive: [], ended: [] });
  expect(zoo.living()).toHaveLength(2);
});
