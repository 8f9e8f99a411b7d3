// A number that was a service's and is a stranger's by now: whatever is done about the service is not done to the stranger.

import { afterEach, beforeEach, expect, test } from "vitest";
import { isAlive, readStat } from "../../../src/effects/processes/proc.ts";
import { newInstance } from "../../../src/effects/processes/tag.ts";
import { newCustody } from "../../../src/supervisor/custody.ts";
import { abortMain, askToEnd, killNow } from "../../../src/supervisor/ending.ts";
import type { Live } from "../../../src/supervisor/live.ts";
import { service, type ServiceWords } from "../../unit/core/fleet.ts";
import { startStranger, type Stranger } from "../ports/strangers.ts";

/** It leads a group and session of its own, as services do. */
let stranger: Stranger;
let startTicks: number;
beforeEach(async () => {
  stranger = await startStranger("sh", ["-c", "echo up; exec sleep 1000"], { detached: true });
  startTicks = readStat(stranger.pid)!.startTicks;
});
afterEach(() => stranger.end());

const lives = (): boolean => isAlive(readStat(stranger.pid));

/** A run whose process had the stranger's number, and began at this time. */
function liveRun(ticks: number, stop: ServiceWords["stop"] = {}): Live {
  return {
    run: 1,
    marker: "test/api/1",
    preparation: {
      service: service("api", { stop }),
      env: {},
      files: [],
      setBy: { manifest: [], launch: [] },
      clashes: [],
    },
    spawnedAt: 0,
    pid: stranger.pid,
    startTicks: ticks,
    over: new AbortController(),
    ready: true,
  };
}

const nobody = (): never => {
  throw new Error("nothing is written");
};

const alone = { output: nobody, forks: undefined, report: () => {} };

test.each([
  ["the stop signal of its group", (live: Live) => askToEnd(live, alone), "group"],
  ["the stop signal of its leader", (live: Live) => askToEnd(live, alone), "leader"],
  ["SIGABRT", abortMain, "group"],
  ["SIGKILL", killNow, "group"],
] as const)("the stranger does not get %s", async (_, end, to) => {
  end(liveRun(startTicks - 1, { to }));
  // What were sent by now would have been acted on before this is.
  stranger.child.kill("SIGUSR1");
  await new Promise((resolve) => stranger.child.once("exit", resolve));
  expect(stranger.child.signalCode).toBe("SIGUSR1");
});

test.each([
  ["its stop signal", (live: Live) => askToEnd(live, alone), "SIGTERM"],
  ["SIGABRT", abortMain, "SIGABRT"],
  ["SIGKILL", killNow, "SIGKILL"],
] as const)("the service itself gets %s", async (_, end, signal) => {
  end(liveRun(startTicks));
  await new Promise((resolve) => stranger.child.once("exit", resolve));
  expect(stranger.child.signalCode).toBe(signal);
});

test.each([
  ["after a run", false],
  ["at the end of all", true],
])("what is swept %s is what the service had begun, and no stranger", async (_, completed) => {
  const guard = {
    process: undefined,
    add: () => {},
    remove: () => {},
    mode: () => {},
    hurry: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const sweepAs = async (ticks: number): Promise<void> => {
    const marker = { start: "test/", end: "/nobody" };
    const custody = newCustody({
      guard,
      instance: newInstance(),
      engines: 0,
      since: startTicks - 100,
      marker,
      report: () => {},
    });
    const kept = { service: service("api"), run: 1, marker: "test/api/1", pid: stranger.pid, startTicks: ticks };
    custody.began(kept);
    custody.over(kept, completed);
    await custody.swept("api");
    await custody.finish();
  };
  await sweepAs(startTicks - 50);
  expect(lives()).toBe(true);
  await sweepAs(startTicks);
  expect(lives()).toBe(false);
});
