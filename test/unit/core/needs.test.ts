import { describe, expect, it } from "vitest";
import { withFollowers } from "../../../src/core/needs.ts";
import { external, on, service, task } from "./fleet.ts";
import { play } from "./play.ts";

describe("needs gate starting", () => {
  it("starts what needs nothing, all at once", () => {
    expect(play([service("a"), service("b")]).up("a", "b")).toEqual(["start a 1", "start b 1"]);
  });

  it("starts a dependent when what it needs is ready, not before", () => {
    const p = play([service("db"), service("api", { needs: ["db"] })]);
    expect(p.up("db", "api")).toEqual(["start db 1"]);
    expect(p.started("db")).toEqual(["watch db 1"]);
    expect(p.ready("db")).toEqual(["start api 1"]);
  });

  it("starts a dependent as soon as what it needs lives, when `started` is enough", () => {
    const p = play([service("db"), service("api", { needs: [on("db", "started")] })]);
    p.up("db", "api");
    expect(p.started("db")).toEqual(["watch db 1", "start api 1"]);
  });

  it("starts a dependent when a task is completed", () => {
    const p = play([task("migrate"), service("api", { needs: [on("migrate", "completed")] })]);
    p.up("migrate", "api");
    expect(p.started("migrate")).toEqual([]);
    expect(p.exited("migrate", 0)).toEqual(["start api 1"]);
  });

  it("takes a task's completion for its readiness", () => {
    const p = play([task("migrate"), service("api", { needs: [on("migrate", "ready")] })]);
    p.up("migrate", "api");
    expect(p.exited("migrate", 0)).toEqual(["start api 1"]);
  });

  it("keeps a completed task completed when nobody wants it any more", () => {
    const p = play([task("migrate"), service("api", { needs: [on("migrate", "completed")] })]);
    p.up("migrate");
    p.exited("migrate", 0);
    p.down("migrate");
    expect(p.up("api")).toEqual(["start api 1"]);
  });

  it("waits for an external service to answer even when `started` is asked for", () => {
    const p = play([external("cache"), service("api", { needs: [on("cache", "started")] })]);
    p.up("cache", "api");
    expect(p.started("cache")).toEqual(["watch cache 1"]);
    expect(p.ready("cache")).toContain("start api 1");
  });

  it("waits for every need, not for one of them", () => {
    const p = play([service("a"), service("b"), service("c", { needs: ["a", "b"] })]);
    p.up("a", "b", "c");
    expect(p.serves("a")).toEqual(["watch a 1"]);
    expect(p.serves("b")).toEqual(["watch b 1", "start c 1"]);
  });

  it("never starts what needs something that gave up", () => {
    const p = play([service("db", { restart: "no" }), service("api", { needs: ["db"] })]);
    p.up("db", "api");
    expect(p.exited("db", 1)).toEqual([]);
    expect(p.states).toBe("db failed, api idle");
  });

  it("does not start a dependent on something that is on its way down", () => {
    const p = play([service("db"), service("web", { needs: ["db"] }), service("api", { needs: ["db"] })]);
    p.up("db", "web");
    p.serves("db", "web");
    expect(p.down("db", "web")).toEqual(["stop web 1"]);
    expect(p.up("api")).toEqual([]);
  });

  it("waits with a restart until what it needs is ready again", () => {
    const p = play([service("db"), service("api", { needs: ["db"], restart: { delay: 0 } })]);
    p.up("db", "api");
    p.serves("db", "api");
    p.exited("db", 1);
    expect(p.exited("api", 1)).toEqual([]);
    expect(p.wait(100)).toEqual(["start db 2"]);
    expect(p.serves("db")).toEqual(["watch db 2", "start api 2"]);
  });
});

describe("optional needs", () => {
  const withCache = (needs: readonly string[] = []) => [
    service("db", { restart: "no" }),
    service("cache", { needs, restart: "no" }),
    service("api", { needs: [on("cache", "ready", { required: false })] }),
  ];

  it("are waited for while they can still be met", () => {
    const p = play(withCache());
    expect(p.up("cache", "api")).toEqual(["start cache 1"]);
    expect(p.serves("cache")).toEqual(["watch cache 1", "start api 1"]);
  });

  it("are ignored when nobody wants what they name", () => {
    expect(play(withCache()).up("api")).toEqual(["start api 1"]);
  });

  it("are ignored when what they name gave up", () => {
    const p = play(withCache());
    p.up("cache", "api");
    expect(p.exited("cache", 1)).toEqual(["start api 1"]);
  });

  it("are ignored when what they name can never start", () => {
    const p = play(withCache(["db"]));
    p.up("db", "cache", "api");
    expect(p.exited("db", 1)).toEqual(["start api 1"]);
  });

  it("are ignored when what they name can never start, though something on the way could do without", () => {
    const p = play([
      service("db", { restart: "no" }),
      service("cache", { needs: ["db"] }),
      service("search", { needs: ["cache"] }),
      service("shop", { needs: [on("cache", "ready", { required: false }), "search"] }),
      service("api", { needs: [on("shop", "ready", { required: false })] }),
    ]);
    p.up("db", "cache", "search", "shop", "api");
    expect(p.exited("db", 1)).toEqual(["start api 1"]);
  });

  it("are ignored when what they name was skipped", () => {
    const p = play([
      service("cache", { port: 6379 }),
      service("api", { needs: [on("cache", "ready", { required: false })] }),
    ]);
    p.up("cache", "api");
    p.conflict("cache");
    expect(p.answer("cache", "skip")).toEqual(["start api 1"]);
  });
});

it("judges a graph of many layers, each needing all of the one before, in no time", () => {
  const layer = (depth: number) => Array.from({ length: 5 }, (_, index) => `s${depth}-${index}`);
  const services = Array.from({ length: 12 }, (_, depth) =>
    layer(depth).map((name) => service(name, { needs: depth === 0 ? [] : layer(depth - 1) })),
  ).flat();
  const p = play(services);
  expect(p.up(...services.map(({ name }) => name))).toHaveLength(5);
}, 10_000);

it("starts nothing in the very step in which the run turns out to end", () => {
  const p = play([task("seed", { onExit: "shutdown" }), service("api", { needs: [on("seed", "completed")] })]);
  p.up("seed", "api");
  expect(p.exited("seed", 0)).toEqual(["end done"]);
});

describe("who follows a restart", () => {
  const follows = { restart: true };
  const stack = [
    service("db"),
    service("api", { needs: [on("db", "ready", follows)] }),
    service("web", { needs: [on("api", "started", follows)] }),
    service("docs", { needs: [on("db", "ready")] }),
    service("off", { needs: [on("db", "ready", follows)] }),
  ];

  it("are the running dependents whose edges ask for it, and theirs", () => {
    const p = play(stack);
    p.up("db", "api", "web", "docs");
    p.serves("db", "api", "web", "docs");
    expect(withFollowers(p.fleet, ["db"])).toEqual(["db", "api", "web"]);
    expect(withFollowers(p.fleet, ["docs", "web"])).toEqual(["web", "docs"]);
    p.restart("db");
    const bounced = Object.values(p.fleet.members).filter(({ bounce, state }) => bounce || state.status === "stopping");
    expect(bounced.map(({ service: { name } }) => name)).toEqual(["db", "api", "web"]);
  });
});
