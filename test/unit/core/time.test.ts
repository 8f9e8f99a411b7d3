// What the passing of time alone changes, and what it does not.

import { describe, expect, it } from "vitest";
import { nextDeadline } from "../../../src/core/time.ts";
import { on, service, task } from "./fleet.ts";
import { play } from "./play.ts";

describe.each([true, false])("where whoever is slow is waited for: %s", (patient) => {
  const one = () => play([service("api", { stop: { timeout: 5000 }, restart: { delay: 2000 } })], { patient });

  it("a grace that is over ends in a kill, and says nothing of readiness", () => {
    const p = one();
    p.up("api");
    p.started("api");
    expect(p.down("api")).toEqual(["stop api 1"]);
    expect(p.wait(4999)).toEqual([]);
    expect(p.wait(1)).toEqual(["kill api 1"]);
    expect(p.member("api")).toMatchObject({ slow: false, state: { status: "stopping", after: { kind: "rest" } } });
  });

  it("a pause that is over ends in a start, and says nothing of readiness", () => {
    const p = one();
    p.up("api");
    p.serves("api");
    p.exited("api", 1);
    expect(p.state("api").status).toBe("backoff");
    expect(p.wait(60_000)).toEqual(["start api 2"]);
    expect(p.member("api").slow).toBe(false);
  });

  it("readiness that does not come in time is told or judged", () => {
    const p = one();
    p.up("api");
    p.started("api");
    p.wait(60_000);
    expect(p.member("api").slow).toBe(patient);
    expect(p.state("api").status).toBe(patient ? "started" : "stopping");
  });

  it("a task has all the time that it takes", () => {
    const p = play([task("migrate")], { patient });
    p.up("migrate");
    p.started("migrate");
    expect(nextDeadline(p.fleet)).toBeUndefined();
  });
});

it("a member that waits for its dependents to end is not judged meanwhile", () => {
  const p = play([service("db"), service("api", { needs: [on("db", "started")] })], { patient: false });
  p.up("db", "api");
  p.started("db");
  p.started("api");
  p.down("db", "api");
  expect(p.why("db")[0]).toBe("db waits for api to stop");
  p.wait(9000);
  expect(p.states).toBe("db started, api stopping");
});

it("why names all dependents that have to end before", () => {
  const p = play([service("db"), service("api", { needs: ["db"] }), service("web", { needs: ["db"] })]);
  p.up("db", "api", "web");
  p.serves("db", "api", "web");
  p.down("db", "api", "web");
  expect(p.why("db")).toEqual([
    "db waits for api and web to stop",
    "  └ api is stopping, for 0ms so far",
    "  └ web is stopping, for 0ms so far",
  ]);
});
