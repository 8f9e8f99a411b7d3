import { describe, expect, it } from "vitest";
import { on, service, task } from "./fleet.ts";
import { play } from "./play.ts";

const one = () => play([service("api", { port: 3000, restart: { delay: 2000 } })]);

describe("why says of a service that", () => {
  it("nobody knows", () => {
    expect(one().why("ap")).toEqual(["ap is not a service of this project"]);
  });

  it("nobody asked for", () => {
    expect(one().why("api")).toEqual(["api was not asked for"]);
  });

  it("waits for its ports", () => {
    const p = one();
    p.up("api");
    expect(p.why("api")).toEqual(["api waits for its ports"]);
  });

  it("was not started before the run ended", () => {
    const p = one();
    p.up("api");
    p.quit();
    expect(p.why("api")).toEqual(["api was not started"]);
  });

  it("is blocked", () => {
    const p = one();
    p.up("api");
    p.conflict("api");
    expect(p.why("api")).toEqual(['api is blocked: port 3000 is held by node (pid 4711, "node vite")']);
    p.answer("api", "wait");
    expect(p.why("api")).toEqual(['api is blocked (wait chosen): port 3000 is held by node (pid 4711, "node vite")']);
  });

  it("was skipped", () => {
    const p = one();
    p.up("api");
    p.conflict("api");
    p.answer("api", "skip");
    expect(p.why("api")).toEqual(["api was skipped"]);
  });

  it("is being started", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    expect(p.why("api")).toEqual(["api is starting"]);
  });

  it("is ready by its own word, and listens elsewhere, for as long as that run is", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    const say = (run: number) =>
      p.send({ type: "noticed", notice: { kind: "elsewhere", service: "api", run, message: "is ready, but away" } });
    say(1);
    p.serves("api");
    expect(p.why("api")).toEqual(["api is ready"]);
    say(1);
    expect(p.why("api")).toEqual(["api is ready, but away"]);
    p.restart("api");
    p.exited("api", 0);
    p.serves("api");
    say(1);
    expect(p.why("api")).toEqual(["api is ready"]);
  });

  it("is not ready, and what the last probe said", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    p.started("api");
    p.wait(1200);
    expect(p.why("api")).toEqual(["api is starting, not ready after 1.2s; no probe has failed so far"]);
    p.unready("api", "GET /health answered 503");
    expect(p.why("api")).toEqual(["api is starting, not ready after 1.2s; last probe: GET /health answered 503"]);
  });

  it("is ready, or ready but unhealthy", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    p.serves("api");
    expect(p.why("api")).toEqual(["api is ready"]);
    p.unhealthy("api", "answered 503");
    expect(p.why("api")).toEqual(["api is ready but unhealthy: answered 503"]);
  });

  it("is ready by the word of a socket that nobody could place", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    p.started("api");
    p.send({ type: "ready", service: "api", run: 1, verified: false });
    expect(p.why("api")).toEqual(["api is ready (whose socket answered could not be verified)"]);
  });

  it("is stopping, is being killed, did not stop", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    p.serves("api");
    p.down("api");
    p.wait(9000);
    expect(p.why("api")).toEqual(["api is stopping, for 9s so far"]);
    p.wait(1000);
    expect(p.why("api")).toEqual(["api is stopping, and being killed"]);
    p.wait(5000);
    expect(p.why("api")).toEqual(["api failed: did not stop, not even by SIGKILL"]);
  });

  it("was stopped", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    p.serves("api");
    p.down("api");
    p.exited("api", "SIGTERM");
    expect(p.why("api")).toEqual(["api was stopped"]);
  });

  it("is to stop once its dependents have", () => {
    const p = play([service("db"), service("api", { needs: ["db"] })]);
    p.up("db", "api");
    p.serves("db", "api");
    p.quit();
    expect(p.why("db")).toEqual(["db waits for api to stop", "  └ api is stopping, for 0ms so far"]);
  });

  it("ended and starts again", () => {
    const p = one();
    p.up("api");
    p.claimed("api");
    p.exited("api", 143);
    p.wait(500);
    expect(p.why("api")).toEqual(["api is crashing: ended with exit code 143 (SIGTERM); starts again in 1.5s"]);
  });

  it("ended with success, or is completed", () => {
    const p = play([service("api"), task("migrate")]);
    p.up("api", "migrate");
    p.started("migrate");
    p.wait(61_000);
    expect(p.why("migrate")).toEqual(["migrate is running for 1m1s"]);
    p.exited("api", 0);
    p.exited("migrate", 0);
    expect([...p.why("api"), ...p.why("migrate")]).toEqual([
      "api has exited: it ended by itself with success",
      "migrate is completed",
    ]);
  });

  it("is in a crash loop", () => {
    const p = play([service("api", { restart: { delay: 0, maxRestarts: 1 } })]);
    p.up("api");
    p.exited("api", "SIGSEGV");
    p.exited("api", "SIGKILL");
    expect(p.why("api")).toEqual([
      "api failed: crash loop: restarted 1 time within 2m, last: ended with SIGKILL (killed, possibly out of memory)",
    ]);
  });

  it("waits, and walks to the cause", () => {
    const p = play([
      service("db", { restart: "no" }),
      task("migrate", { needs: ["db"] }),
      service("cache", { port: 3000 }),
      service("api", { needs: [on("migrate", "completed"), on("cache", "started")] }),
    ]);
    p.up("db", "migrate", "cache", "api");
    p.conflict("cache");
    p.exited("db", { kind: "command-not-found", command: "postgres" });
    expect(p.why("api")).toEqual([
      "api waits for migrate to complete and cache to start",
      "  └ migrate waits for db to be ready",
      "    └ db failed: command not found: postgres",
      '  └ cache is blocked: port 3000 is held by node (pid 4711, "node vite")',
    ]);
  });

  it("needs something that is not part of this run", () => {
    const p = play([service("db"), service("api", { needs: ["db"] })]);
    p.up("api");
    expect(p.why("api")).toEqual(["api waits for db to be ready", "  └ db was not asked for"]);
  });
});
