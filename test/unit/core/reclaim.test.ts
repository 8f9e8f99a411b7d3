import { describe, expect, it } from "vitest";
import type { FoundAs, Reclaimed } from "../../../src/core/found.ts";
import { on, service, task } from "./fleet.ts";
import { play, type Play } from "./play.ts";

const unwatched = { failure: { kind: "unwatched" } } as const;
const exit = (code: number) => ({ exit: { code, signal: null } }) as const;

/** A service as it is found, in its third run and wanted unless said otherwise. */
function found(as: FoundAs, words: Partial<Reclaimed> = {}): Reclaimed {
  const ports = as.kind === "live" || as.kind === "ended" ? { main: 4000 } : {};
  return { wanted: true, bounce: false, run: 3, restarts: 2, recentRestarts: [], ports, found: as, ...words };
}

const live: FoundAs = { kind: "live", pid: 4711 };

function reclaim(p: Play, services: Readonly<Record<string, Reclaimed>>): readonly string[] {
  return p.send({ type: "reclaimed", services });
}

describe("taking over from an engine that died", () => {
  it("has what lives as the run that it was, and asks again whether it is ready", () => {
    const p = play([service("db", { port: 3000 }), service("api", { needs: ["db"] })]);
    expect(reclaim(p, { db: found(live), api: found(live) })).toEqual(["watch db 3", "watch api 3"]);
    expect(p.states).toBe("db started, api started");
    expect(p.member("db")).toMatchObject({ wanted: true, claim: "held", run: 3, restarts: 2, ports: { main: 4000 } });
    p.ready("db");
    p.ready("api");
    expect(p.fleet).toMatchObject({ arrived: true, wasUp: true });
  });

  it("starts what did not run as its next run, once what it needs is ready again", () => {
    const p = play([service("db"), service("api", { needs: ["db"] })]);
    expect(reclaim(p, { db: found(live), api: found({ kind: "down" }, { run: 1 }) })).toEqual(["watch db 3"]);
    expect(p.ready("db")).toEqual(["start api 2"]);
  });

  it("does not run a completed task again, nor what had given up", () => {
    const p = play([task("migrate"), service("bad"), service("api", { needs: [on("migrate", "completed")] })]);
    const failed: FoundAs = { kind: "failed", failure: { kind: "exit", ...exit(1) } };
    reclaim(p, { migrate: found({ kind: "exited", ...exit(0) }), bad: found(failed), api: found(live) });
    expect(p.states).toBe("migrate exited, bad failed, api started");
  });

  it.each<["always" | "on-failure" | "no", FoundAs, string]>([
    ["on-failure", { kind: "ended", proved: true, end: exit(0) }, "exited"],
    ["on-failure", { kind: "ended", proved: true, end: exit(7) }, "backoff"],
    ["no", { kind: "ended", proved: true, end: exit(7) }, "failed"],
    ["on-failure", { kind: "ended", proved: true, end: unwatched }, "backoff"],
    ["no", { kind: "ended", proved: true, end: unwatched }, "failed"],
    ["always", { kind: "ended", proved: true, end: exit(0) }, "backoff"],
  ])("judges an end that nobody watched by restart: %s", (restart, as, status) => {
    const p = play([service("api", { restart, port: 3000 })]);
    reclaim(p, { api: found(as) });
    expect(p.state("api").status).toBe(status);
    expect(p.member("api")).toMatchObject({ claim: "held", ports: { main: 4000 } });
  });

  it("takes nobody's end for a sudden one whose readiness is long known", () => {
    const ready = {
      probe: { kind: "listen", endpoint: "main" },
      timeout: 1000,
      success: 1,
      attempt: 60_000,
      owner: "tree",
    } as const;
    const p = play([service("api", { port: 3000, ready })]);
    reclaim(p, { api: found({ kind: "ended", proved: true, end: exit(0) }) });
    expect(p.state("api").status).toBe("exited");
  });

  it("knows who was only needed: the run still ends when the task that was asked for is done", () => {
    const p = play([service("db"), task("migrate", { needs: ["db"] })], { endWhenCompleted: true });
    reclaim(p, { db: found(live, { needed: true }), migrate: found(live) });
    expect(p.exited("migrate", 0)).toEqual(["stop db 3"]);
  });

  it("counts the restarts of before towards a crash loop", () => {
    const p = play([service("api", { restart: { policy: "on-failure", maxRestarts: 2, window: 10_000 } })]);
    reclaim(p, { api: found({ kind: "ended", proved: true, end: exit(1) }, { recentRestarts: [-500, -100] }) });
    expect(p.state("api")).toMatchObject({ status: "failed", failure: { kind: "crash-loop", restarts: 2 } });
  });

  it("waits as long as it was to wait", () => {
    const p = play([service("api")]);
    const backoff: FoundAs = { kind: "backoff", until: 300, failure: { kind: "exit", ...exit(1) } };
    expect(reclaim(p, { api: found(backoff) })).toEqual([]);
    expect(p.wait(299)).toEqual([]);
    expect(p.wait(1)).toEqual(["start api 4"]);
  });

  it("stops what nobody wanted any more, and starts again what was on its way to that", () => {
    const p = play([service("old"), service("again")]);
    expect(reclaim(p, { old: found(live, { wanted: false }), again: found(live, { bounce: true }) })).toEqual([
      "stop old 3",
      "stop again 3",
    ]);
    p.exited("old");
    expect(p.exited("again")).toEqual(["start again 4"]);
    expect(p.state("old").status).toBe("idle");
  });

  it("goes on watching what someone else runs in its place", () => {
    const p = play([service("db", { port: 3000 })]);
    expect(reclaim(p, { db: found({ kind: "adopted" }, { ports: { main: 3000 } }) })).toEqual(["start db 4"]);
    expect(p.member("db")).toMatchObject({ adopted: true, claim: "held" });
  });

  it("has dependents that follow a restart follow an end that nobody watched", () => {
    const p = play([service("db"), service("api", { needs: [on("db", "ready", { restart: true })] })]);
    const ended: FoundAs = { kind: "ended", proved: true, end: unwatched };
    expect(reclaim(p, { db: found(ended), api: found(live) })).toEqual(["stop api 3"]);
  });

  it("knows nothing of a service that the manifest no longer has", () => {
    const p = play([service("api")]);
    expect(reclaim(p, { gone: found(live), api: found(live) })).toEqual(["watch api 3"]);
  });

  it("changes nothing of what has begun already", () => {
    const p = play([service("api")]);
    p.up("api");
    const before = p.fleet;
    expect(reclaim(p, { api: found(live) })).toEqual([]);
    expect(p.fleet).toEqual(before);
  });
});
