import { describe, expect, it } from "vitest";
import { service, task } from "./fleet.ts";
import { play } from "./play.ts";

const at = (status: "starting" | "started" | "ready" | "stopping" | "backoff" | "exited" | "failed") => {
  const p = play([service("api", { restart: status === "failed" ? "no" : "on-failure" })]);
  p.up("api");
  if (status === "started" || status === "ready" || status === "stopping") p.started("api");
  if (status === "ready" || status === "stopping") p.ready("api");
  if (status === "stopping") p.down("api");
  if (status === "backoff" || status === "failed") p.exited("api", 1);
  if (status === "exited") p.exited("api", 0);
  expect(p.state("api").status).toBe(status);
  return p;
};

describe("up", () => {
  it.each(["starting", "started", "ready", "backoff"] as const)("changes nothing for what is %s", (status) => {
    const p = at(status);
    const before = p.fleet;
    expect(p.up("api")).toEqual([]);
    expect(p.fleet.members["api"]).toEqual(before.members["api"]);
  });

  it.each(["exited", "failed"] as const)("starts what has %s again", (status) => {
    expect(at(status).up("api")).toEqual(["start api 2"]);
  });

  it("starts what is stopping once it has ended", () => {
    const p = at("stopping");
    expect(p.up("api")).toEqual([]);
    expect(p.exited("api", "SIGTERM")).toEqual(["start api 2"]);
  });

  it("does not run a completed task again", () => {
    const p = play([task("migrate")]);
    p.up("migrate");
    p.exited("migrate", 0);
    expect(p.up("migrate")).toEqual([]);
  });

  it("ignores a name that is not there", () => {
    expect(play([service("api")]).up("nobody")).toEqual([]);
  });
});

describe("down", () => {
  it("stops what is starting as soon as it is there", () => {
    const p = at("starting");
    expect(p.down("api")).toEqual([]);
    expect(p.started("api")).toEqual(["stop api 1"]);
  });

  it.each(["started", "ready"] as const)("stops what is %s", (status) => {
    expect(at(status).down("api")).toEqual(["stop api 1"]);
  });

  it("does not wait for a backoff", () => {
    const p = at("backoff");
    p.down("api");
    expect(p.state("api").status).toBe("idle");
    expect(p.wait(100_000)).toEqual([]);
  });

  it("does not stop twice", () => {
    expect(at("stopping").down("api")).toEqual([]);
  });

  it("called off while starting leaves it running", () => {
    const p = at("starting");
    p.down("api");
    p.up("api");
    expect(p.started("api")).toEqual(["watch api 1"]);
  });
});

describe("restart", () => {
  it("takes all along that run and need it, where that is asked for", () => {
    const p = play([
      service("db"),
      service("api", { needs: ["db"] }),
      service("web", { needs: ["api"] }),
      service("cron", { needs: ["db"] }),
    ]);
    p.up("db", "api", "web");
    p.serves("db", "api", "web");
    expect(p.send({ type: "restart", services: ["db"], dependents: true })).toEqual(["stop web 1"]);
    expect(p.exited("web", "SIGTERM")).toEqual(["stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual(["stop db 1"]);
    expect(p.member("cron").wanted).toBe(false);
  });

  it("stops what is starting as soon as it is there, and starts it again", () => {
    const p = at("starting");
    expect(p.restart("api")).toEqual([]);
    expect(p.started("api")).toEqual(["stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual(["start api 2"]);
  });

  it.each(["started", "ready"] as const)("stops what is %s and starts it again", (status) => {
    const p = at(status);
    expect(p.restart("api")).toEqual(["stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual(["start api 2"]);
    expect(p.member("api").restarts).toBe(0);
  });

  it("starts what is stopping once it has ended, without stopping it twice", () => {
    const p = at("stopping");
    expect(p.restart("api")).toEqual([]);
    expect(p.exited("api", "SIGTERM")).toEqual(["start api 2"]);
  });

  it.each(["backoff", "exited", "failed"] as const)("starts what is in %s at once", (status) => {
    expect(at(status).restart("api")).toEqual(["start api 2"]);
  });

  it("runs a completed task again", () => {
    const p = play([task("migrate")]);
    p.up("migrate");
    p.exited("migrate", 0);
    expect(p.restart("migrate")).toEqual(["start migrate 2"]);
  });

  it("starts what nobody wanted before", () => {
    expect(play([service("api")]).restart("api")).toEqual(["start api 1"]);
  });

  it.each<[number, string]>([
    [0, "ended by itself with success"],
    [1, "failed by itself"],
  ])("is not forgotten when the service ends with %i before it is stopped", (code) => {
    const p = play([service("db", { restart: "no" }), service("api", { needs: [{ on: "db", restart: true }] })]);
    p.up("db", "api");
    p.serves("db", "api");
    expect(p.restart("db")).toEqual(["stop api 1"]);
    expect(p.exited("db", code)).toEqual(["start db 2"]);
  });

  it("is not forgotten when it comes while a service ends for not becoming ready", () => {
    const p = at("started");
    p.neverReady("api", "nothing listens");
    p.restart("api");
    expect(p.exited("api", "SIGTERM")).toEqual(["start api 2"]);
  });
});

describe("news that comes late", () => {
  it.each(["started", "ready", "exited", "swept", "lost", "conflict"] as const)(
    "of a former run changes nothing: %s",
    (fact) => {
      const p = at("ready");
      p.exited("api", 1);
      p.wait(100);
      p.started("api");
      const before = p.fleet;
      const effects = fact === "exited" ? p.exited("api", 0, false, 1) : p[fact]("api", 1);
      expect(effects).toEqual([]);
      expect(p.fleet).toBe(before);
    },
  );

  it("of a run that is over changes nothing", () => {
    const p = at("exited");
    const before = p.fleet;
    expect([...p.started("api"), ...p.ready("api"), ...p.exited("api", 1)]).toEqual([]);
    expect(p.fleet).toBe(before);
  });

  it("that a ready service could not become ready does not touch it", () => {
    const p = at("ready");
    expect(p.neverReady("api", "nothing listens")).toEqual([]);
    expect(p.unready("api", "nothing listens")).toEqual([]);
    expect(p.state("api").status).toBe("ready");
    expect(p.member("api").probeReason).toBeUndefined();
  });
});
