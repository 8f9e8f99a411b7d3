// What the rules make of what services say about themselves, and of their silence.

import { describe, expect, it } from "vitest";
import { isSilent, lookInterval, looked, type Vigil } from "../../../src/core/watchdog.ts";
import { service } from "./fleet.ts";
import { play, type Play } from "./play.ts";

describe("silence beyond the watchdog", () => {
  const watched = (words: Parameters<typeof service>[1] = {}): Play => {
    const p = play([service("api", { watchdog: 10_000, ...words })]);
    p.up("api");
    return p;
  };
  const silent = (p: Play): readonly string[] => p.send({ type: "silent", service: "api", run: p.member("api").run });

  it("is watched for once a service is ready", () => {
    const p = watched();
    p.started("api");
    expect(p.ready("api")).toEqual(["monitor api 1"]);
  });

  it("aborts it, kills it when its grace is over, and counts as a failure of its own kind", () => {
    const p = watched();
    p.serves("api");
    expect(silent(p)).toEqual(["abort api 1"]);
    expect(p.wait(9999)).toEqual([]);
    expect(p.wait(1)).toEqual(["kill api 1"]);
    p.exited("api", "SIGKILL");
    expect(p.why("api")).toEqual(["api is crashing: watchdog: no sign of life for 10s; starts again in 100ms"]);
  });

  it("is the failure whatever the exit code of the aborted one says", () => {
    const p = watched({ restart: "no" });
    p.serves("api");
    silent(p);
    p.exited("api", 0);
    expect(p.why("api")).toEqual(["api failed: watchdog: no sign of life for 10s"]);
  });

  it("is no matter before it is ready, while it goes down, or without a watchdog", () => {
    const starting = watched();
    starting.started("api");
    expect(silent(starting)).toEqual([]);
    const leaving = watched();
    leaving.serves("api");
    expect(leaving.down("api")).toEqual(["stop api 1"]);
    expect(silent(leaving)).toEqual([]);
    const free = play([service("api")]);
    free.up("api");
    free.serves("api");
    expect(silent(free)).toEqual([]);
  });
});

describe("what a service says", () => {
  it("is part of why it is as it is, for as long as its run lasts", () => {
    const p = play([
      service("api", { ready: { probe: { kind: "notify" }, timeout: 1000, attempt: 1000, success: 1, owner: "tree" } }),
    ]);
    p.up("api");
    p.started("api");
    p.send({ type: "said", service: "api", run: 1, text: "reading maps" });
    p.wait(500);
    expect(p.why("api")).toEqual([
      "api is starting, not ready after 500ms; no probe has failed so far; says: reading maps",
    ]);
    p.ready("api");
    expect(p.why("api")).toEqual(["api is ready; says: reading maps"]);
    p.send({ type: "said", service: "api", run: 1, text: "" });
    expect(p.why("api")).toEqual(["api is ready"]);
    p.send({ type: "said", service: "api", run: 1, text: "bye" });
    p.restart("api");
    p.exited("api", "SIGTERM");
    expect(p.member("api").said).toBeUndefined();
  });

  it("moves the limit of its start, and only away", () => {
    const p = play([service("api", { readyTimeout: 1000 })], { patient: false });
    p.up("api");
    p.started("api");
    p.send({ type: "extended", service: "api", run: 1, by: 3000 });
    p.send({ type: "extended", service: "api", run: 1, by: 10 });
    expect(p.wait(2999)).toEqual([]);
    expect(p.wait(1)).toEqual(["stop api 1"]);
  });

  it("moves the end of its grace, but not once it has been killed", () => {
    const p = play([service("api", { stop: { timeout: 1000 } })]);
    p.up("api");
    p.serves("api");
    p.down("api");
    p.wait(500);
    p.send({ type: "extended", service: "api", run: 1, by: 2000 });
    expect(p.wait(1999)).toEqual([]);
    expect(p.wait(1)).toEqual(["kill api 1"]);
    p.send({ type: "extended", service: "api", run: 1, by: 60_000 });
    p.wait(5000);
    expect(p.why("api")).toEqual(["api failed: did not stop, not even by SIGKILL"]);
  });
});

describe("the watch over signs of life", () => {
  const limit = 1000;
  const begun: Vigil = { limit, since: 0 };
  const look = { due: 250, at: 250, heard: undefined, isHeld: false };

  it("looks several times within the limit, and at least every second", () => {
    expect(lookInterval(1000)).toBe(250);
    expect(lookInterval(60_000)).toBe(1000);
  });

  it("is over when nothing was heard for the whole limit", () => {
    const vigil = looked(begun, { ...look, due: 1000, at: 1000 });
    expect(isSilent(vigil, 999)).toBe(false);
    expect(isSilent(vigil, 1000)).toBe(true);
  });

  it("begins anew with each sign, and a sign from before it began does not count", () => {
    expect(looked(begun, { ...look, heard: 200 }).since).toBe(200);
    expect(looked({ limit, since: 300 }, { ...look, heard: 200 }).since).toBe(300);
  });

  it("begins anew when the process was held, or when we were late ourselves", () => {
    expect(looked(begun, { ...look, isHeld: true }).since).toBe(250);
    expect(looked(begun, { ...look, at: 451 }).since).toBe(451);
    expect(looked(begun, { ...look, at: 450 }).since).toBe(0);
  });
});
