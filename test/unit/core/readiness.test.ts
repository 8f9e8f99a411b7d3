import { describe, expect, it } from "vitest";
import { external, service, type ServiceWords } from "./fleet.ts";
import { play } from "./play.ts";

const checks = (restart: boolean): ServiceWords => ({
  health: { probe: { kind: "none" }, interval: 1000, timeout: 100, failures: 3, success: 1, restart, owner: "tree" },
});

const started = (words: ServiceWords = {}, patient = true) => {
  const p = play([service("api", { readyTimeout: 5000, ...words })], { patient });
  p.up("api");
  p.started("api");
  return p;
};

describe("becoming ready", () => {
  it("may take its time while a person watches: past its limit it is marked as slow", () => {
    const p = started();
    expect(p.wait(4999)).toEqual([]);
    expect(p.member("api").slow).toBe(false);
    expect(p.wait(1)).toEqual([]);
    expect(p.member("api").slow).toBe(true);
    expect(p.wait(100_000)).toEqual([]);
    expect(p.ready("api")).toEqual([]);
    expect(p.member("api").slow).toBe(false);
  });

  it("fails past its limit where nobody watches, with what the last probe said", () => {
    const p = started({}, false);
    p.unready("api", "connection refused");
    expect(p.wait(5000)).toEqual(["stop api 1"]);
    p.exited("api", "SIGTERM");
    expect(p.state("api")).toMatchObject({
      status: "backoff",
      failure: { kind: "not-ready", timeout: 5000, reason: "connection refused" },
    });
  });

  it.each<["always" | "on-failure" | "no", string]>([
    ["always", "backoff"],
    ["on-failure", "backoff"],
    ["no", "failed"],
  ])("in time or within its tries has failed like an exit: restart: %s, %s", (restart, status) => {
    for (const isGivenUp of [true, false]) {
      const p = started({ restart }, false);
      if (isGivenUp) p.neverReady("api", "answered 500 three times");
      else p.wait(5000);
      p.exited("api", 0);
      expect(p.state("api")).toMatchObject({ status, failure: { kind: "not-ready" } });
    }
  });

  it("is tried again up to the limit of restarts, and then it is a crash loop", () => {
    const p = started({ restart: { policy: "on-failure", maxRestarts: 1 } }, false);
    p.neverReady("api", "nothing listens");
    p.exited("api", "SIGTERM");
    expect(p.wait(100)).toEqual(["start api 2"]);
    p.started("api");
    p.neverReady("api", "nothing listens");
    p.exited("api", "SIGTERM");
    expect(p.state("api")).toMatchObject({
      status: "failed",
      failure: { kind: "crash-loop", restarts: 1, last: { kind: "not-ready" } },
    });
  });

  it("fails past its limit even when no probe has said anything", () => {
    const p = started({}, false);
    p.wait(5000);
    p.exited("api", "SIGTERM");
    expect(p.state("api")).toMatchObject({ failure: { reason: "no probe has answered yet" } });
  });

  it("fails at as many tries as the manifest says, which is not its limit of time", () => {
    const { ready } = service("api");
    const p = play([service("api", { restart: "no", ready: { ...ready, failures: 3 } })]);
    p.up("api");
    p.started("api");
    p.wait(400);
    p.neverReady("api", "answered 500");
    p.exited("api", "SIGTERM");
    expect(p.why("api")).toEqual(["api failed: not ready at 3 tries within 400ms: answered 500"]);
  });

  it("fails when its probe has failed too often, watched or not", () => {
    const p = started();
    p.wait(2000);
    expect(p.neverReady("api", "answered 500 three times")).toEqual(["stop api 1"]);
    p.exited("api", "SIGTERM");
    expect(p.state("api")).toMatchObject({ failure: { kind: "not-ready", timeout: 2000 } });
  });

  it("has no limit for a task", () => {
    const p = started({ type: "task" }, false);
    expect(p.wait(100_000)).toEqual([]);
  });

  it("forgets what failed probes said", () => {
    const p = started();
    p.unready("api", "connection refused");
    p.ready("api");
    expect(p.member("api").probeReason).toBeUndefined();
  });

  it("followed by its end is an end like any other", () => {
    const p = started();
    p.ready("api");
    p.exited("api", "SIGKILL");
    expect(p.state("api")).toEqual({
      status: "backoff",
      until: 100,
      failure: { kind: "exit", exit: { code: null, signal: "SIGKILL" } },
    });
    expect(p.wait(100)).toEqual(["start api 2"]);
  });

  it("is proved anew by every run", () => {
    const p = started();
    p.ready("api");
    p.exited("api", 1);
    p.wait(100);
    expect(p.started("api")).toEqual(["watch api 2"]);
    expect(p.state("api").status).toBe("started");
  });
});

describe("health", () => {
  it("is checked only where it is declared", () => {
    expect(started().ready("api")).toEqual([]);
    expect(started(checks(false)).ready("api")).toEqual(["monitor api 1"]);
  });

  it("that fails is told, and restarts nothing unless asked to", () => {
    const p = started(checks(false));
    p.ready("api");
    expect(p.unhealthy("api", "answered 503")).toEqual([]);
    expect(p.member("api").health).toEqual({ status: "unhealthy", reason: "answered 503" });
    p.healthy("api");
    expect(p.member("api").health).toEqual({ status: "healthy" });
  });

  it("that fails restarts the service where that is asked for", () => {
    const p = started(checks(true));
    p.ready("api");
    expect(p.unhealthy("api", "answered 503")).toEqual(["stop api 1"]);
    p.exited("api", "SIGTERM");
    expect(p.state("api")).toMatchObject({ status: "backoff", failure: { kind: "unhealthy", reason: "answered 503" } });
    expect(p.wait(100)).toEqual(["start api 2"]);
    expect(p.member("api").health).toEqual({ status: "unknown" });
  });

  it("that fails on the way down is nobody's business", () => {
    const p = play([service("api", checks(true)), service("web", { needs: ["api"] })]);
    p.up("api", "web");
    p.serves("api", "web");
    p.quit();
    expect(p.unhealthy("api", "answered 503")).toEqual([]);
    expect(p.state("api").status).toBe("ready");
  });
});

describe("a service that runs elsewhere", () => {
  const cache = (words: ServiceWords = {}, patient = true) => {
    const p = play([external("cache", { readyTimeout: 5000, ...words })], { patient });
    p.up("cache");
    return p;
  };

  it("is probed, and then watched", () => {
    const p = cache();
    expect(p.started("cache")).toEqual(["watch cache 1"]);
    expect(p.ready("cache")).toEqual(["monitor cache 1"]);
  });

  it("is probed again when it is gone, and watched again when it is back", () => {
    const p = cache();
    p.serves("cache");
    expect(p.lost("cache")).toEqual(["watch cache 1"]);
    expect(p.state("cache").status).toBe("started");
    expect(p.ready("cache")).toEqual(["monitor cache 1"]);
  });

  it("fails when it does not answer in time and nobody watches", () => {
    const p = cache({}, false);
    p.started("cache");
    expect(p.wait(5000)).toEqual([]);
    expect(p.state("cache")).toMatchObject({ status: "failed", failure: { kind: "not-ready" } });
  });

  it("is let go at once, and never stopped or killed", () => {
    const p = cache();
    p.serves("cache");
    expect(p.down("cache")).toEqual([]);
    expect(p.state("cache").status).toBe("idle");
    expect(p.quit(true)).toEqual(["end interrupted"]);
  });

  it("is not restarted for being unhealthy", () => {
    const p = cache(checks(true));
    p.serves("cache");
    expect(p.unhealthy("cache", "answered 503")).toEqual([]);
    expect(p.states).toBe("cache ready");
  });
});

describe("an adopted process", () => {
  const adopted = () => {
    const p = play([service("api", { port: 3000 })]);
    p.up("api");
    p.conflict("api");
    p.answer("api", "adopt");
    return p;
  };

  it("is watched in the service's place", () => {
    const p = adopted();
    expect(p.adopted("api")).toEqual(["start api 1"]);
    expect(p.started("api")).toEqual(["watch api 1"]);
    expect(p.ready("api")).toEqual(["monitor api 1"]);
  });

  it("is never stopped", () => {
    const p = adopted();
    p.adopted("api");
    p.serves("api");
    expect(p.restart("api")).toEqual(["start api 2"]);
    p.serves("api");
    expect(p.quit(true)).toEqual(["end interrupted"]);
  });

  it("that is gone makes way for our own, ports claimed anew", () => {
    const p = adopted();
    p.adopted("api");
    p.serves("api");
    expect(p.lost("api")).toEqual(["claim api"]);
    expect(p.claimed("api")).toEqual(["start api 2"]);
    expect(p.member("api").adopted).toBe(false);
  });

  it("does not conflict with its own port", () => {
    const p = adopted();
    p.adopted("api");
    p.started("api");
    expect(p.conflict("api", 1)).toEqual([]);
    expect(p.state("api").status).toBe("started");
  });
});
