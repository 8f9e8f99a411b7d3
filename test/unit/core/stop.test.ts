import { describe, expect, it } from "vitest";
import { describeEnd } from "../../../src/core/failure.ts";
import { KILL_GRACE } from "../../../src/core/drive.ts";
import { external, on, service } from "./fleet.ts";
import { play, type Play } from "./play.ts";

function running(...services: Parameters<typeof play>[0]): Play {
  const p = play(services);
  p.up(...services.map(({ name }) => name));
  p.serves(...services.map(({ name }) => name));
  return p;
}

const db = service("db");
const api = service("api", { needs: ["db"] });
const web = service("web", { needs: ["api"] });

describe("stopping", () => {
  it("stops dependents before what they need", () => {
    const p = running(db, api, web);
    expect(p.quit()).toEqual(["stop web 1"]);
    expect(p.exited("web", "SIGTERM")).toEqual(["stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual(["stop db 1"]);
    expect(p.exited("db", "SIGTERM")).toEqual(["end interrupted"]);
  });

  it("keeps the order across a service in the middle that does not run", () => {
    const p = running(db, api, web);
    p.exited("api", 1);
    expect(p.quit()).toEqual(["stop web 1"]);
    expect(p.exited("web", "SIGTERM")).toEqual(["stop db 1"]);
  });

  it("stops independent services together", () => {
    expect(running(service("a"), service("b"), service("c")).quit()).toEqual(["stop a 1", "stop b 1", "stop c 1"]);
  });

  it("does not wait for dependents that stay", () => {
    expect(running(db, api).down("db")).toEqual(["stop db 1"]);
  });

  it("waits for what is being spawned, then stops it first", () => {
    const p = play([db, service("api", { needs: [on("db", "started")] })]);
    p.up("db", "api");
    p.started("db");
    expect(p.quit()).toEqual([]);
    expect(p.started("api")).toEqual(["stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual(["stop db 1"]);
  });

  it("knows its own SIGKILL from one of the system, which may have been out of memory", () => {
    const p = running(service("deaf"), service("big"));
    p.down("deaf");
    p.wait(service("deaf").stop.timeout);
    p.exited("deaf", "SIGKILL");
    p.exited("big", "SIGKILL");
    const words = (name: string): string => describeEnd(p.fleet.members[name]!.lastEnd!);
    expect(words("deaf")).toBe("SIGKILL (by launch, it did not end in time)");
    expect(words("big")).toBe("SIGKILL (killed, possibly out of memory)");
  });

  it("kills what has not ended when its grace is over, not before", () => {
    const p = running(service("api", { stop: { timeout: 3000 } }));
    p.quit();
    expect(p.wait(2999)).toEqual([]);
    expect(p.wait(1)).toEqual(["kill api 1"]);
    expect(p.exited("api", "SIGKILL")).toEqual(["end interrupted"]);
  });

  it("says so when not even SIGKILL helped, and ends all the same, with 1", () => {
    const p = running(service("api", { stop: { timeout: 3000 } }));
    p.quit();
    p.wait(3000);
    expect(p.wait(KILL_GRACE - 1)).toEqual([]);
    expect(p.wait(1)).toEqual(["end failed"]);
    expect(p.state("api")).toEqual({ status: "failed", failure: { kind: "did-not-stop" } });
  });

  it("skips the grace of what is stopping on a second, forceful quit", () => {
    const p = running(db, api);
    p.quit();
    expect(p.quit(true)).toEqual(["kill api 1"]);
  });

  it("skips the grace of what stops after that as well, and still keeps the order", () => {
    const p = running(db, api);
    p.quit();
    p.quit(true);
    expect(p.exited("api", "SIGKILL")).toEqual(["stop db 1", "kill db 1"]);
  });

  it("gives no second grace on a quit that is not forceful", () => {
    const p = running(service("api", { stop: { timeout: 3000 } }));
    p.quit();
    p.wait(2000);
    expect(p.quit()).toEqual([]);
    expect(p.wait(1000)).toEqual(["kill api 1"]);
  });

  it("waits for the rest of the group when the leader has ended, and kills it at the same deadline", () => {
    const p = running(service("api", { stop: { timeout: 3000 } }));
    p.quit();
    p.wait(1000);
    expect(p.exited("api", "SIGTERM", true)).toEqual([]);
    expect(p.wait(2000)).toEqual(["kill api 1"]);
    expect(p.swept("api")).toEqual(["end interrupted"]);
  });

  it("ends others of the group when the leader ends by itself, before it starts again", () => {
    const p = running(service("api", { restart: { delay: 0 } }));
    expect(p.exited("api", 1, true)).toEqual(["stop api 1"]);
    expect(p.swept("api")).toEqual(["start api 2"]);
  });

  it("never stops what runs elsewhere", () => {
    const p = running(external("cache"), service("api", { needs: ["cache"] }));
    expect(p.quit()).toEqual(["stop api 1"]);
    expect(p.states).toBe("cache ready, api stopping");
    expect(p.exited("api", "SIGTERM")).toEqual(["end interrupted"]);
  });

  it("does not judge on the way down what waits for its dependents", () => {
    const p = play([service("db", { readyTimeout: 1000 }), service("api", { needs: [on("db", "started")] })], {
      patient: false,
    });
    p.up("db", "api");
    p.started("db");
    p.started("api");
    expect(p.quit()).toEqual(["stop api 1"]);
    expect(p.neverReady("db", "nothing listens")).toEqual([]);
    expect(p.wait(5000)).toEqual([]);
    expect(p.states).toBe("db started, api stopping");
  });

  it("ends at once when nothing lives", () => {
    const p = play([service("api", { port: 3000 })]);
    p.up("api");
    expect(p.quit()).toEqual(["end interrupted"]);
    expect(p.claimed("api")).toEqual([]);
    expect(p.up("api")).toEqual([]);
  });

  it("starts nothing new once the run is ending", () => {
    const p = running(db, service("job"));
    p.down("job");
    p.exited("job", "SIGTERM");
    p.quit();
    expect(p.up("job")).toEqual([]);
    expect(p.restart("db", "job")).toEqual([]);
    expect(p.exited("db", "SIGTERM")).toEqual(["end interrupted"]);
  });
});
