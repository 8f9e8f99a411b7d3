import { describe, expect, it } from "vitest";
import type { Failure } from "../../../src/core/failure.ts";
import { backoff } from "../../../src/core/restart.ts";
import { on, service, task } from "./fleet.ts";
import { play, type End, type Play } from "./play.ts";

const refused: Failure = { kind: "spawn", code: "EAGAIN", message: "no more processes" };
const missing: Failure = { kind: "command-not-found", command: "pg" };

describe("what becomes of a service that ended", () => {
  it.each<["always" | "on-failure" | "no", End, string]>([
    ["always", 0, "backoff"],
    ["always", 1, "backoff"],
    ["always", "SIGSEGV", "backoff"],
    ["always", refused, "backoff"],
    ["always", missing, "failed"],
    ["on-failure", 0, "exited"],
    ["on-failure", 1, "backoff"],
    ["on-failure", "SIGSEGV", "backoff"],
    ["on-failure", refused, "backoff"],
    ["on-failure", missing, "failed"],
    ["no", 0, "exited"],
    ["no", 1, "failed"],
    ["no", "SIGSEGV", "failed"],
    ["no", refused, "failed"],
    ["no", missing, "failed"],
  ])("restart: %s, ended with %o: %s", (restart, end, status) => {
    const p = play([service("api", { restart })]);
    p.up("api");
    p.exited("api", end);
    expect(p.state("api").status).toBe(status);
  });

  it("is a success with every code that the manifest calls one", () => {
    const p = play([service("api", { successExitCodes: [0, 143] })]);
    p.up("api");
    p.exited("api", 143);
    expect(p.state("api").status).toBe("exited");
  });

  it("is never a restart for a task that has completed, even with restart: always", () => {
    const p = play([task("migrate", { restart: "always" })]);
    p.up("migrate");
    p.exited("migrate", 0);
    expect(p.state("migrate").status).toBe("exited");
  });

  it("is another try for a task that failed, where its policy says so", () => {
    const p = play([task("migrate", { restart: "on-failure" })]);
    p.up("migrate");
    p.exited("migrate", 1);
    expect(p.wait(100)).toEqual(["start migrate 2"]);
  });

  it("is the end where nothing is restarted", () => {
    const p = play([service("api", { restart: "always" })], { restarts: false });
    p.up("api");
    p.exited("api", 1);
    expect(p.state("api").status).toBe("failed");
  });

  it("is nothing at all when it was asked to end", () => {
    const p = play([service("api", { restart: "always" })]);
    p.up("api");
    p.serves("api");
    p.down("api");
    expect(p.exited("api", 1)).toEqual([]);
    expect(p.state("api").status).toBe("idle");
    expect(p.wait(100_000)).toEqual([]);
  });
});

describe("what nobody wants any more and ended by itself, while its dependents still stopped,", () => {
  it.each<["on-failure" | "no", End, string]>([
    ["on-failure", 1, "idle"],
    ["on-failure", 0, "exited"],
    ["no", 1, "failed"],
  ])("restart: %s, ended with %o: %s", (restart, end, status) => {
    const p = play([service("db", { restart }), service("api", { needs: ["db"] })]);
    p.up("db", "api");
    p.serves("db", "api");
    p.quit();
    p.exited("db", end);
    expect(p.state("db").status).toBe(status);
  });
});

describe("backoff", () => {
  const policy = { policy: "always", delay: 100, maxDelay: 1000, maxRestarts: 10, window: 60_000 } as const;

  it.each([
    [0, 0, 100],
    [0, 1, 100],
    [1, 0, 100],
    [1, 1, 200],
    [3, 0, 100],
    [3, 0.5, 450],
    [3, 1, 800],
    [4, 1, 1000],
    [1000, 1, 1000],
  ])("of restart %i with luck %f is %i ms", (attempt, random, expected) => {
    expect(backoff(policy, attempt, random)).toBe(expected);
  });

  it("is nothing with a delay of 0", () => {
    const p = play([service("api", { restart: { delay: 0 } })]);
    p.up("api");
    p.serves("api");
    expect(p.exited("api", "SIGKILL")).toEqual(["start api 2"]);
  });

  it("never exceeds max_delay, even where delay does", () => {
    expect(backoff({ ...policy, delay: 5000 }, 0, 1)).toBe(1000);
  });

  it("is over when what the service needs has come back, and what went before is forgotten", () => {
    const p = play([service("db"), service("api", { needs: ["db"], restart: { delay: 9000 } })]);
    p.up("db", "api");
    p.serves("db", "api");
    p.exited("db", 1);
    p.exited("api", 1);
    p.wait(100);
    expect(p.serves("db")).toEqual(["watch db 2", "start api 2"]);
    expect(p.member("api").recentRestarts).toEqual([]);
  });
});

describe("a crash loop", () => {
  const crash = (p: Play, times: number, every: number): string => {
    for (let count = 0; count < times; count++) {
      p.serves("api");
      p.wait(every);
      p.exited("api", 1);
      p.wait(0);
    }
    return p.state("api").status;
  };
  const looping = (maxRestarts = 3) =>
    play([service("api", { restart: { delay: 0, maxRestarts, window: 10_000 } }), service("web", { needs: ["api"] })]);

  it("is one end more than the restarts allowed within the window", () => {
    const p = looping();
    p.up("api", "web");
    expect(crash(p, 3, 0)).toBe("starting");
    expect(crash(p, 1, 0)).toBe("failed");
    expect(p.state("api")).toMatchObject({ failure: { kind: "crash-loop", restarts: 3, window: 10_000 } });
  });

  it("is counted in a window that slides", () => {
    const p = looping();
    p.up("api");
    expect(crash(p, 40, 3400)).toBe("starting");
  });

  it("is counted however slow it is, as long as it is within the window", () => {
    const p = looping();
    p.up("api");
    expect(crash(p, 4, 3200)).toBe("failed");
  });

  it("is seen by dependents, which never start", () => {
    const p = looping(1);
    p.up("api", "web");
    crash(p, 1, 0);
    p.exited("api", 1);
    p.exited("web", 1);
    expect(p.wait(100_000)).toEqual([]);
    expect(p.states).toBe("api failed, web idle");
  });

  it("is no loop where no restart is allowed at all", () => {
    const p = looping(0);
    p.up("api");
    p.exited("api", 3);
    expect(p.state("api")).toEqual({
      status: "failed",
      failure: { kind: "exit", exit: { code: 3, signal: null } },
    });
  });

  it("is forgotten when someone asks for the service again", () => {
    const p = looping(1);
    p.up("api");
    crash(p, 2, 0);
    expect(p.up("api")).toEqual(["start api 3"]);
    expect(crash(p, 1, 0)).toBe("starting");
  });
});

describe("dependents whose edge says restart: true", () => {
  const follow = on("db", "ready", { restart: true });

  it.each([
    [[follow, "cache"], "stop api 1"],
    [["db", on("cache", "ready", { restart: true })], "stop db 1"],
  ])("follow by that edge, whatever their others say: %j", (needs, first) => {
    const p = play([service("db"), service("cache"), service("api", { needs })]);
    p.up("db", "cache", "api");
    p.serves("db", "cache", "api");
    expect(p.restart("db")).toEqual([first]);
  });
  const following = () => {
    const p = play([
      service("db", { restart: { delay: 0 } }),
      service("api", { needs: [follow] }),
      service("web", { needs: ["db"] }),
    ]);
    p.up("db", "api", "web");
    p.serves("db", "api", "web");
    return p;
  };

  it("stop before it and start after it when it is restarted on request", () => {
    const p = following();
    expect(p.restart("db")).toEqual(["stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual(["stop db 1"]);
    expect(p.exited("db", "SIGTERM")).toEqual(["start db 2"]);
    expect(p.started("db")).toEqual(["watch db 2"]);
    expect(p.ready("db")).toEqual(["start api 2"]);
    expect(p.states).toBe("db ready, api starting, web ready");
  });

  it("are restarted after it crashed, and wait until it is ready again", () => {
    const p = following();
    expect(p.exited("db", 1)).toEqual(["start db 2", "stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual([]);
    expect(p.serves("db")).toEqual(["watch db 2", "start api 2"]);
  });

  it("carry those along that follow them", () => {
    const p = play([
      service("db"),
      service("api", { needs: [follow] }),
      service("web", { needs: [on("api", "ready", { restart: true })] }),
    ]);
    p.up("db", "api", "web");
    p.serves("db", "api", "web");
    expect(p.restart("db")).toEqual(["stop web 1"]);
  });

  it("follow an adopted process that is gone as they would a restart", () => {
    const p = play([service("db", { port: 5432 }), service("api", { needs: [follow] })]);
    p.up("db", "api");
    p.conflict("db");
    p.answer("db", "adopt");
    p.adopted("db");
    p.serves("db", "api");
    expect(p.lost("db")).toEqual(["claim db", "stop api 1"]);
  });
});
