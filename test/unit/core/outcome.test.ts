import { describe, expect, it } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import type { Outcome, Rules } from "../../../src/core/state.ts";
import { exitCodeOf } from "../../../src/core/state.ts";
import { nextDeadline } from "../../../src/core/time.ts";
import { conflict, external, on, service, task } from "./fleet.ts";
import { play } from "./play.ts";

describe("exit codes", () => {
  it.each<[number, Outcome]>([
    [0, { kind: "done" }],
    [0, { kind: "interrupted", by: "SIGINT", up: true }],
    [0, { kind: "interrupted", by: "request", up: false }],
    [1, { kind: "failed", service: "api", failure: { kind: "did-not-stop" } }],
    [3, { kind: "conflict", conflict: conflict("api") }],
    [5, { kind: "timeout", waiting: ["api"] }],
    [129, { kind: "interrupted", by: "SIGHUP", up: false }],
    [130, { kind: "interrupted", by: "SIGINT", up: false }],
    [143, { kind: "interrupted", by: "SIGTERM", up: false }],
  ])("%i: %o", (code, outcome) => {
    expect(exitCodeOf(outcome)).toBe(code);
  });
});

describe("an interruption", () => {
  it("after everything was up is a clean end", () => {
    const p = play([service("api"), task("migrate")]);
    p.up("api", "migrate");
    p.serves("api");
    p.exited("migrate", 0);
    p.quit();
    p.exited("api", "SIGTERM");
    expect(p.fleet.outcome).toEqual({ kind: "interrupted", by: "SIGINT", up: true });
  });

  it("before everything was up is not", () => {
    const p = play([service("api"), service("web")]);
    p.up("api", "web");
    p.serves("api");
    p.quit();
    expect(p.fleet.outcome).toEqual({ kind: "interrupted", by: "SIGINT", up: false });
  });

  it("says who asked first", () => {
    const p = play([service("api")]);
    p.up("api");
    p.send({ type: "quit", by: "SIGTERM", force: false });
    p.quit(true);
    expect(p.fleet.outcome).toMatchObject({ by: "SIGTERM" });
  });

  it.each(["SIGINT", "request"] as const)("by %s after a failure is that failure", (by) => {
    const p = play([service("api", { restart: "no" }), service("web")]);
    p.up("api", "web");
    p.exited("api", 3);
    p.serves("web");
    p.send({ type: "quit", by, force: false });
    expect(p.exited("web", "SIGTERM")).toEqual(["end failed"]);
  });

  it("after a failure that was mended is a clean end", () => {
    const p = play([service("api", { restart: "no" })]);
    p.up("api");
    p.exited("api", 3);
    p.up("api");
    p.serves("api");
    p.quit();
    expect(p.exited("api", "SIGTERM")).toEqual(["end interrupted"]);
    expect(p.fleet.outcome).toMatchObject({ up: true });
  });
});

describe("a failure", () => {
  const failing = (onFailure: "stop" | "continue") => {
    const p = play([service("api", { restart: "no" }), service("web")], { onFailure });
    p.up("api", "web");
    p.serves("web");
    return p;
  };

  it("stops everything where failures stop the run", () => {
    const p = failing("stop");
    expect(p.exited("api", 1)).toEqual(["stop web 1"]);
    expect(p.exited("web", "SIGTERM")).toEqual(["end failed"]);
  });

  it("leaves the others alone where they do not", () => {
    expect(failing("continue").exited("api", 1)).toEqual([]);
  });

  it("of what nobody wants any more ends nothing", () => {
    const p = failing("stop");
    p.started("api");
    p.down("api");
    p.wait(10_000);
    expect(p.wait(5000)).toEqual([]);
    expect(p.states).toBe("api failed, web ready");
  });
});

describe("on_exit", () => {
  type OnExit = Service["onExit"];
  const ending = (onExit: OnExit, code: number, type: "service" | "task" = "service") => {
    const p = play([service("window", { type, onExit, restart: "no" }), service("api")]);
    p.up("window", "api");
    p.serves("window", "api");
    p.exited("window", code);
    return p.exited("api", "SIGTERM", false, p.state("api").status === "stopping" ? 1 : 0);
  };

  it.each<[OnExit, number, readonly string[]]>([
    ["shutdown", 0, ["end done"]],
    ["shutdown", 1, ["end failed"]],
    ["shutdown-on-failure", 0, []],
    ["shutdown-on-failure", 1, ["end failed"]],
    ["fail", 0, ["end failed"]],
    ["fail", 1, ["end failed"]],
    ["ignore", 0, []],
    ["ignore", 1, []],
  ])("%s: an end with %i makes %o of the run", (onExit, code, effects) => {
    expect(ending(onExit, code)).toEqual(effects);
  });

  it.each<[OnExit, number, readonly string[]]>([
    ["shutdown", 0, ["end done"]],
    ["shutdown-on-failure", 0, []],
    ["fail", 0, []],
    ["fail", 1, ["end failed"]],
    ["ignore", 1, []],
  ])("%s: the end of a task with %i makes %o of the run", (onExit, code, effects) => {
    expect(ending(onExit, code, "task")).toEqual(effects);
  });

  it("is said to be why the end of a service with success is a failure", () => {
    const p = play([service("window", { onExit: "fail", restart: "no" })]);
    p.up("window");
    p.serves("window");
    p.exited("window", 0);
    expect(p.fleet.outcome).toMatchObject({ failure: { kind: "exit", exit: { code: 0 }, byWish: true } });
  });

  it("means nothing while the service is restarted", () => {
    const p = play([service("window", { onExit: "shutdown" })]);
    p.up("window");
    p.exited("window", 1);
    expect(p.wait(100)).toEqual(["start window 2"]);
  });

  it("means nothing when the service is stopped on request", () => {
    const p = play([service("window", { onExit: "shutdown" }), service("api")]);
    p.up("window", "api");
    p.serves("window", "api");
    p.down("window");
    expect(p.exited("window", 0)).toEqual([]);
  });
});

describe("a run that ends by itself", () => {
  const tasks = { endWhenSettled: true };

  it("ends when all tasks are completed", () => {
    const p = play([task("a"), task("b", { needs: [on("a", "completed")] })], tasks);
    p.up("a", "b");
    expect(p.exited("a", 0)).toEqual(["start b 1"]);
    expect(p.exited("b", 0)).toEqual(["end done"]);
  });

  it("ends with the failure when the rest can never start", () => {
    const p = play([task("a"), task("b", { needs: [on("a", "completed")] })], tasks);
    p.up("a", "b");
    expect(p.exited("a", 1)).toEqual(["end failed"]);
  });

  it("does not end while a service runs", () => {
    const p = play([task("a"), service("api")], tasks);
    p.up("a", "api");
    p.serves("api");
    expect(p.exited("a", 0)).toEqual([]);
  });

  it("is not kept alive by what runs elsewhere", () => {
    const p = play([external("cache"), task("a", { needs: ["cache"] })], tasks);
    p.up("cache", "a");
    p.serves("cache");
    expect(p.exited("a", 0)).toEqual(["end done"]);
  });

  it("does not end before anything was asked for", () => {
    const p = play([task("a")], tasks);
    expect(p.send({ type: "woke" })).toEqual([]);
    expect(p.fleet.outcome).toBeUndefined();
  });

  it("ends when all that was left is skipped", () => {
    const p = play([service("api", { port: 3000 }), service("web", { needs: ["api"] })], tasks);
    p.up("api", "web");
    p.conflict("api");
    expect(p.answer("api", "skip")).toEqual(["end done"]);
  });
});

describe("a time limit for everything", () => {
  it("ends the run with 5 and names what is not up", () => {
    const p = play([service("db"), service("api", { needs: ["db"] }), service("web")], { upBy: 1000 });
    p.up("db", "api", "web");
    p.serves("web");
    p.wait(1000);
    expect(p.fleet.outcome).toEqual({ kind: "timeout", waiting: ["db", "api"] });
  });

  it("counts a conflict that nobody answers", () => {
    const p = play([service("api", { port: 3000 })], { upBy: 1000 });
    p.up("api");
    p.conflict("api");
    expect(p.wait(1000)).toEqual(["end timeout"]);
  });

  it("is over once everything has been up", () => {
    const p = play([service("api")], { upBy: 1000 });
    p.up("api");
    p.serves("api");
    p.wait(2000);
    p.exited("api", 1);
    expect(p.fleet.outcome).toBeUndefined();
  });

  it("is over once everything was up or had failed, and wakes nobody any more", () => {
    const p = play([service("api"), service("web", { restart: "no" })], { upBy: 1000 });
    p.up("api", "web");
    p.exited("web", 1);
    p.serves("api");
    expect(p.fleet).toMatchObject({ arrived: true, wasUp: false });
    expect(nextDeadline(p.fleet)).toBeUndefined();
    p.wait(2000);
    p.exited("api", 1);
    expect(p.fleet.outcome).toBeUndefined();
  });

  it("wakes nobody before anything was asked for", () => {
    expect(nextDeadline(play([service("api")], { upBy: 1000 }).fleet)).toBeUndefined();
  });
});

describe("a run that was asked for some of its services", () => {
  const stack = [service("db"), task("migrate", { needs: ["db"] }), task("seed", { needs: ["db"] })];
  const asked = (words: Partial<Rules>, ...names: readonly string[]) => {
    const p = play(stack, words);
    p.send({ type: "up", services: ["db", ...names], needed: ["db"] });
    p.serves("db");
    for (const name of names) p.started(name);
    return p;
  };

  it.each<[string, Partial<Rules>]>([
    ["in the foreground", { endWhenSettled: true }],
    ["in the background", { endWhenCompleted: true }],
  ])("ends when these tasks are done, though they needed a service: %s", (_, words) => {
    const p = asked(words, "migrate", "seed");
    expect(p.exited("migrate", 0)).toEqual([]);
    expect(p.exited("seed", 0)).toEqual(["stop db 1"]);
    expect(p.exited("db", "SIGTERM")).toEqual(["end done"]);
  });

  it("ends when its task has failed, in the foreground alone", () => {
    const p = asked({ endWhenSettled: true }, "migrate");
    expect(p.exited("migrate", 1)).toEqual(["stop db 1"]);
    expect(p.exited("db", "SIGTERM")).toEqual(["end failed"]);
    expect(asked({ endWhenCompleted: true }, "migrate").exited("migrate", 1)).toEqual([]);
  });

  it("goes on once somebody has asked for the service too", () => {
    const p = asked({ endWhenSettled: true }, "migrate");
    p.up("db");
    p.send({ type: "up", services: ["db", "migrate"], needed: ["db"] });
    expect(p.exited("migrate", 0)).toEqual([]);
    expect(p.states).toBe("db ready, migrate exited, seed idle");
  });

  it("goes on in the background while a service was asked for, even if it has ended", () => {
    const p = play([service("api"), task("migrate")], { endWhenCompleted: true });
    p.up("api", "migrate");
    p.serves("api");
    p.started("migrate");
    p.exited("migrate", 0);
    p.wait(5000);
    expect(p.exited("api", 0)).toEqual([]);
    expect(p.fleet.outcome).toBeUndefined();
  });

  it("goes on in the background when the service that was asked for is stopped, so that it can be started again", () => {
    const p = play([service("api"), task("migrate")], { endWhenCompleted: true });
    p.up("api", "migrate");
    p.serves("api");
    p.started("migrate");
    p.exited("migrate", 0);
    p.down("api");
    expect(p.exited("api", "SIGTERM")).toEqual([]);
    expect(p.fleet.outcome).toBeUndefined();
    expect(p.up("api")).toContain("start api 2");
  });

  it("ends in the background though a task that was asked for is no longer wanted", () => {
    const p = play([task("seed"), task("migrate")], { endWhenCompleted: true });
    p.up("seed", "migrate");
    p.started("seed");
    p.started("migrate");
    p.down("seed");
    p.exited("seed", "SIGTERM");
    expect(p.exited("migrate", 0)).toEqual(["end done"]);
  });
});

describe("an end that nobody asked for", () => {
  const listen = {
    probe: { kind: "listen", endpoint: "main" },
    timeout: 1000,
    attempt: 1000,
    success: 1,
    owner: "tree",
  } as const;
  const api = service("api", { port: 3000, ready: listen, restart: "no" });

  it("with success before it was ready is a failure of a service that was to serve", () => {
    const p = play([api, service("web", { needs: ["api"] })], { onFailure: "stop" });
    p.up("api", "web");
    p.claimed("api");
    p.started("api");
    expect(p.exited("api", 0)).toEqual(["end failed"]);
    expect(p.fleet.outcome).toEqual({
      kind: "failed",
      service: "api",
      failure: { kind: "ended-early", exit: { code: 0, signal: null } },
    });
  });

  it("with success afterwards is none", () => {
    const p = play([api], { endWhenSettled: true });
    p.up("api");
    p.claimed("api");
    p.serves("api");
    expect(p.exited("api", 0)).toEqual(["end done"]);
  });

  it.each([
    [1000, "on-failure", "ignore", "backoff"],
    [1001, "on-failure", "ignore", "exited"],
    [0, "no", "ignore", "exited"],
    [0, "on-failure", "shutdown", "exited"],
  ] as const)("with success %d ms after it was ready, restart: %s, on_exit: %s: %s", (ms, policy, onExit, status) => {
    const p = play([service("api", { port: 3000, ready: listen, restart: policy, onExit })]);
    p.up("api");
    p.claimed("api");
    p.serves("api");
    p.wait(ms);
    p.exited("api", 0);
    expect(p.state("api")).toMatchObject(
      status === "backoff" ? { status, failure: { kind: "ended-early", wasReady: true } } : { status },
    );
  });

  it("with success just after the line that it is known by is none", () => {
    const p = play([service("api", { ready: { ...listen, probe: { kind: "log", pattern: "done" } } })]);
    p.up("api");
    p.serves("api");
    p.exited("api", 0);
    expect(p.state("api").status).toBe("exited");
  });

  it("with success leaves what needs it failed, not up", () => {
    const p = play([service("once"), service("web", { needs: ["once"] }), service("page", { needs: ["web"] })], {
      endWhenSettled: true,
    });
    p.up("once", "web", "page");
    p.started("once");
    expect(p.exited("once", 0)).toEqual(["end failed"]);
    expect(p.fleet.wasUp).toBe(false);
    expect(p.fleet.outcome).toEqual({
      kind: "failed",
      service: "web",
      failure: { kind: "need-ended", need: "once" },
    });
  });

  it("with success ends the run at once where a failure does", () => {
    const p = play([service("once"), service("web", { needs: ["once"] }), service("css")], { onFailure: "stop" });
    p.up("once", "web", "css");
    p.serves("css");
    p.started("once");
    expect(p.exited("once", 0)).toEqual(["stop css 1"]);
    expect(p.exited("css", "SIGTERM")).toEqual(["end failed"]);
  });
});
