import { describe, expect, it } from "vitest";
import { describe as inWords } from "../../../src/core/failure.ts";
import type { RestartPolicy } from "../../../src/core/service.ts";
import { service, task, type ServiceWords } from "./fleet.ts";
import { play } from "./play.ts";

const left = { pid: 4711, command: "redis-server *:6379" };
const exit = { code: 0, signal: null } as const;
const listen = {
  probe: { kind: "listen", endpoint: "main" },
  timeout: 1000,
  attempt: 1000,
  success: 1,
  owner: "tree",
} as const;

/** A service in the middle of its first run. */
const begun = (words: ServiceWords = {}) => {
  const p = play([service("cache", words)]);
  p.up("cache");
  if (words.port !== undefined) p.claimed("cache");
  p.started("cache");
  return p;
};

const detach = (p: ReturnType<typeof begun>, isLeft = false) =>
  p.send({ type: "exited", service: "cache", run: 1, end: { exit }, left: isLeft, background: [left] });

describe("a service that ends with success and leaves a process to go on", () => {
  it.each<[string, ServiceWords]>([
    ["has no probe", {}],
    ["has yet to prove that it serves", { port: 3000, ready: listen }],
  ])("has failed when it %s", (_, words) => {
    const p = begun({ ...words, restart: "no" });
    detach(p);
    expect(p.state("cache")).toEqual({ status: "failed", failure: { kind: "detached", exit, left } });
  });

  it.each([
    [5000, "failed"],
    [5001, "exited"],
  ])("has failed up to 5 s after it was ready: %d ms, %s", (ms, status) => {
    const p = begun({ restart: "no" });
    p.ready("cache");
    p.wait(ms);
    detach(p);
    expect(p.state("cache").status).toBe(status);
  });

  it.each<[RestartPolicy["policy"], string]>([
    ["always", "backoff"],
    ["on-failure", "backoff"],
    ["no", "failed"],
  ])("is judged by its policy, restart: %s: %s", (restart, status) => {
    const p = begun({ restart });
    detach(p);
    expect(p.state("cache")).toMatchObject({ status, failure: { kind: "detached" } });
  });

  it("has failed once what is left in its group has ended", () => {
    const p = begun({ restart: "no" });
    expect(detach(p, true)).toEqual(["stop cache 1"]);
    p.swept("cache");
    expect(p.state("cache")).toMatchObject({ status: "failed", failure: { kind: "detached" } });
  });

  it("has failed though its end would end the run", () => {
    const p = begun({ restart: "no", onExit: "shutdown" });
    expect(detach(p)).toEqual(["end failed"]);
    expect(p.fleet.outcome).toMatchObject({ kind: "failed", failure: { kind: "detached" } });
  });

  it("was stopped when it was asked to end", () => {
    const p = begun();
    p.down("cache");
    detach(p);
    expect(p.state("cache").status).toBe("idle");
  });

  it("is told what went on, and what to do", () => {
    expect(inWords({ kind: "detached", exit, left })).toBe(
      "went into the background (pid 4711, redis-server *:6379): run it in the foreground (`daemonize no`, `daemon off;`, no `&`)",
    );
  });
});

it("a task may leave what others need", () => {
  const p = play([task("prepare")]);
  p.up("prepare");
  p.started("prepare");
  p.send({ type: "exited", service: "prepare", run: 1, end: { exit }, left: false, background: [left] });
  expect(p.state("prepare").status).toBe("exited");
});
