// What an engine writes down of its services, and what the next one makes of it.

import { describe, expect, it } from "vitest";
import type { ServiceRecord } from "../../../src/effects/state/state.ts";
import { type Live } from "../../../src/supervisor/live.ts";
import { recordServices } from "../../../src/supervisor/record.ts";
import { on, service } from "../core/fleet.ts";
import { play, type Play } from "../core/play.ts";

const api = service("api", { restart: { policy: "always", delay: 1000 }, stop: { signal: "SIGINT", timeout: 700 } });

function liveRun(run: number, words: Partial<Live> = {}): Live {
  return {
    run,
    marker: `shop/api/${run}`,
    preparation: { service: api, env: {}, files: [], setBy: { manifest: [], launch: [] }, clashes: [] },
    spawnedAt: 0,
    pid: 4711,
    over: new AbortController(),
    ready: true,
    ...words,
  };
}

function recordOf(p: Play, live?: Live): ServiceRecord | undefined {
  const known = {
    lives: new Map(live === undefined ? [] : [["api", live]]),
    tagOf: (name: string, run: number) => `tag of ${name} ${run}`,
    sessionFrom: () => 30,
  };
  return recordServices(p.fleet, known)["api"];
}

function running(): Play {
  const p = play([api]);
  p.up("api");
  p.serves("api");
  return p;
}

describe("whether a service is to be started again is written down", () => {
  it("while it runs: not", () => {
    expect(recordOf(running())).toMatchObject({ wanted: true, bounce: false });
  });

  it("in the middle of a restart: it is, while it is asked to end and until it has", () => {
    const p = running();
    expect(p.restart("api")).toEqual(["stop api 1"]);
    expect(recordOf(p)).toMatchObject({ wanted: true, bounce: true, run: 1 });
  });

  it("while it waits for its dependents to end before it is stopped: it is", () => {
    const p = play([api, service("web", { needs: [on("api", "ready", { restart: true })] })]);
    p.up("api", "web");
    p.serves("api", "web");
    expect(p.restart("api")).toEqual(["stop web 1"]);
    expect(recordOf(p)).toMatchObject({ wanted: true, bounce: true });
  });

  it("while it stops for good: not", () => {
    const p = running();
    p.down("api");
    expect(recordOf(p)).toMatchObject({ wanted: false, bounce: false });
  });

  it("while it stops and is wanted anew: it is", () => {
    const p = running();
    p.down("api");
    p.up("api");
    expect(recordOf(p)).toMatchObject({ wanted: true, bounce: true });
  });
});

it("what lives is written down with all by which it is known, ended and read", () => {
  const more = { startTicks: 77, tag: "t", cgroup: "/c", status: "/ends/api.1", logFrom: 40 };
  expect(recordOf(running(), liveRun(1, more))).toMatchObject({
    run: 1,
    tag: "tag of api 1",
    live: {
      pid: 4711,
      run: 1,
      marker: "shop/api/1",
      ready: true,
      signal: "SIGINT",
      graceMs: 700,
      tty: false,
      sessionFrom: 30,
      ...more,
    },
  });
  expect(recordOf(running(), liveRun(1))?.live).not.toHaveProperty("startTicks");
});

it("what has ended is written down as what it came to", () => {
  const p = running();
  p.exited("api", 3);
  expect(recordOf(p)?.over).toMatchObject({ kind: "backoff", failure: { kind: "exit" } });
  const once = play([service("api", { restart: "no" })]);
  once.up("api");
  once.serves("api");
  once.exited("api", 0);
  expect(recordOf(once)?.over).toEqual({ kind: "exited", code: 0 });
  const bad = play([service("api", { restart: "no" })]);
  bad.up("api");
  bad.exited("api", 3);
  expect(recordOf(bad)?.over).toMatchObject({ kind: "failed", failure: { kind: "exit" } });
});

it("nothing is written down of what nobody has asked for", () => {
  expect(recordOf(play([api]))).toBeUndefined();
});
