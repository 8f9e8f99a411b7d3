import { describe, expect, it } from "vitest";
import { conflict, external, on, service } from "./fleet.ts";
import { play } from "./play.ts";

const db = service("db", { port: 5432 });
const api = service("api", { port: 3000 });

describe("claims", () => {
  it("claims all ports at once, before anything starts", () => {
    const p = play([db, api, service("worker")]);
    expect(p.up("db", "api", "worker")).toEqual(["claim db api"]);
    expect(p.claimed("db")).toEqual([]);
    expect(p.claimed("api")).toEqual(["start db 1", "start api 1", "start worker 1"]);
  });

  it("claims the ports of what waits for its needs, too", () => {
    const p = play([db, service("web", { port: 8000, needs: ["db"] })]);
    expect(p.up("db", "web")).toEqual(["claim db web"]);
  });

  it("goes on with the others when a claim meets a conflict", () => {
    const p = play([db, api]);
    p.up("db", "api");
    p.claimed("db");
    expect(p.conflict("api")).toEqual(["start db 1", "ask api"]);
  });

  it("keeps its ports over a restart", () => {
    const p = play([api]);
    p.up("api");
    p.claimed("api");
    p.serves("api");
    p.exited("api", 1);
    expect(p.wait(100)).toEqual(["start api 2"]);
  });

  it("keeps its ports while it is down on request", () => {
    const p = play([api]);
    p.up("api");
    p.claimed("api");
    p.serves("api");
    p.down("api");
    p.exited("api", "SIGTERM");
    expect(p.up("api")).toEqual(["start api 2"]);
  });

  it("claims nothing for what runs elsewhere", () => {
    const p = play([external("cache", { port: 6379 })]);
    expect(p.up("cache")).toEqual(["start cache 1"]);
    expect(p.member("cache").ports).toEqual({ main: 6379 });
  });

  it("waits for the claim that is under way when a service is stopped and wanted again meanwhile", () => {
    const p = play([api]);
    p.up("api");
    p.down("api");
    expect(p.up("api")).toEqual([]);
    expect(p.claimed("api")).toEqual(["start api 1"]);
  });
});

describe("a conflict", () => {
  const blocked = () => {
    const p = play([api, service("web", { needs: ["api"] })]);
    p.up("api", "web");
    p.conflict("api");
    return p;
  };

  it("is asked about, once", () => {
    const p = play([api]);
    p.up("api");
    expect(p.conflict("api")).toEqual(["ask api"]);
    expect(p.wait(100_000)).toEqual([]);
  });

  it.each(["next", "kill", "adopt", "wait"] as const)("is settled by %s, and not begun twice", (choice) => {
    const p = blocked();
    expect(p.answer("api", choice)).toEqual([`settle api ${choice}`]);
    expect(p.answer("api", choice)).toEqual([]);
  });

  it.each(["next", "kill", "wait"] as const)("is over once %s has got a port", (choice) => {
    const p = blocked();
    p.answer("api", choice);
    expect(p.claimed("api", 3001)).toEqual(["start api 1"]);
    expect(p.member("api").ports).toEqual({ main: 3001 });
  });

  it("is asked about again when the answer did not help", () => {
    const p = blocked();
    p.answer("api", "kill");
    expect(p.conflict("api")).toEqual(["ask api"]);
  });

  it("leaves the service out when it is skipped, without failing the run", () => {
    const p = blocked();
    expect(p.answer("api", "skip")).toEqual([]);
    expect(p.state("api")).toEqual({ status: "failed", failure: { kind: "skipped" } });
    expect(p.quit()).toEqual(["end interrupted"]);
    expect(p.fleet.outcome).toEqual({ kind: "interrupted", by: "SIGINT", up: true });
  });

  it("can be given another answer while its port is waited for", () => {
    const p = blocked();
    p.answer("api", "wait");
    expect(p.answer("api", "next")).toEqual(["unwait api", "settle api next"]);
  });

  it.each(["skip", "fail"] as const)("is no longer waited for after %s", (choice) => {
    const p = blocked();
    p.answer("api", "wait");
    expect(p.answer("api", choice)).toEqual(["unwait api"]);
  });

  it("is no longer waited for when the service is no longer wanted", () => {
    const p = blocked();
    p.answer("api", "wait");
    expect(p.down("api")).toEqual(["unwait api"]);
    expect(p.up("api")).toEqual(["claim api"]);
  });

  it("that was skipped can be tried again", () => {
    const p = blocked();
    p.answer("api", "wait");
    p.answer("api", "skip");
    expect(p.up("api")).toEqual(["claim api"]);
  });

  it("does not come back to what was skipped while its answer was being carried out", () => {
    const p = blocked();
    p.answer("api", "kill");
    p.answer("api", "skip");
    expect(p.conflict("api")).toEqual([]);
    expect(p.states).toBe("api failed, web idle");
    expect(p.up("api")).toEqual(["claim api"]);
  });

  it("that was skipped and wanted again waits for what had been begun, and begins nothing twice", () => {
    const p = blocked();
    p.answer("api", "kill");
    p.answer("api", "skip");
    expect(p.up("api")).toEqual([]);
    expect(p.claimed("api")).toEqual(["start api 1"]);
  });

  it("ends the run with 3 when it is answered with quit", () => {
    const p = blocked();
    expect(p.answer("api", "quit")).toEqual(["end conflict"]);
  });

  it("ends the run when the policy gives up and failures stop all", () => {
    const p = play([api], { onFailure: "stop" });
    p.up("api");
    p.conflict("api");
    expect(p.answer("api", "fail")).toEqual(["end conflict"]);
  });

  it("fails its service alone when the policy gives up and failures stop nothing", () => {
    const p = blocked();
    expect(p.answer("api", "fail")).toEqual([]);
    expect(p.state("api")).toMatchObject({ status: "failed", failure: { kind: "conflict" } });
    expect(p.quit()).toEqual(["end conflict"]);
  });

  it("ends the run with 3 also where the service's own end ends it", () => {
    const p = play([service("window", { port: 3000, onExit: "shutdown" })]);
    p.up("window");
    p.conflict("window");
    expect(p.answer("window", "fail")).toEqual(["end conflict"]);
  });

  it("that nobody asked about takes no answer", () => {
    const p = play([api]);
    p.up("api");
    expect(p.answer("api", "kill")).toEqual([]);
  });

  it("is withdrawn when the service is no longer wanted, and asked about anew when it is", () => {
    const p = blocked();
    p.down("api");
    expect(p.state("api").status).toBe("idle");
    expect(p.up("api")).toEqual(["claim api"]);
  });

  it("found at a restart blocks that service, and the others go on", () => {
    const p = play([api, db]);
    p.up("api", "db");
    p.claimed("api");
    p.claimed("db");
    p.serves("api", "db");
    p.exited("api", 1);
    p.wait(100);
    expect(p.conflict("api", 2)).toEqual(["ask api"]);
    expect(p.states).toBe("api blocked, db ready");
  });

  it("found while becoming ready stops ours first, then asks", () => {
    const p = play([api]);
    p.up("api");
    p.claimed("api");
    p.started("api");
    expect(p.conflict("api", 1)).toEqual(["stop api 1"]);
    expect(p.exited("api", "SIGTERM")).toEqual(["ask api"]);
  });

  it("found while going down anyway is nobody's business", () => {
    const p = play([api, service("web", { needs: ["api"] })]);
    p.up("api", "web");
    p.claimed("api");
    p.serves("api", "web");
    p.quit();
    expect(p.conflict("api", 1)).toEqual([]);
    expect(p.states).toBe("api ready, web stopping");
  });

  it("that comes late does not touch a running service", () => {
    const p = play([api]);
    p.up("api");
    p.claimed("api");
    expect(p.conflict("api")).toEqual([]);
    expect(p.claimed("api", 3005)).toEqual([]);
    expect(p.adopted("api")).toEqual([]);
    expect(p.states).toBe("api starting");
    expect(p.member("api").ports).toEqual({ main: 3000 });
  });

  it("with two ports is one question", () => {
    const p = play([api]);
    p.up("api");
    expect(p.conflict("api", undefined, [conflict("api", 3000), conflict("api", 3001)])).toEqual(["ask api"]);
  });
});

describe("a port that moves", () => {
  const users = { portUsers: { api: ["web", "worker"] } };
  const moving = (services = [api, service("web"), service("worker")]) => {
    const p = play(services, users);
    p.up(...services.map(({ name }) => name));
    p.claimed("api");
    p.serves(...services.map(({ name }) => name));
    p.exited("api", 1);
    p.wait(100);
    p.conflict("api", 2);
    return p;
  };

  it("marks the running services that were told the old one", () => {
    const p = moving();
    p.answer("api", "next");
    expect(p.member("web").staleEnv).toBe(false);
    expect(p.claimed("api", 3001)).toEqual(["start api 3"]);
    expect(p.member("web").staleEnv).toBe(true);
  });

  it("restarts them when that was agreed", () => {
    const p = moving();
    p.answer("api", "next", true);
    expect(p.claimed("api", 3001)).toEqual(["start api 3", "stop web 1", "stop worker 1"]);
  });

  it("restarts those whose edge asks for it, and their followers", () => {
    const follower = on("web", "ready", { restart: true });
    const p = moving([
      api,
      service("web", { needs: [on("api", "started", { restart: true })], restart: "always" }),
      service("page", { needs: [follower] }),
      service("worker"),
    ]);
    // `web` follows the crash of `api` already.
    p.exited("page", "SIGTERM");
    p.exited("web", "SIGTERM");
    p.answer("api", "next");
    p.claimed("api", 3001);
    expect(p.states).toBe("api starting, web idle, page idle, worker ready");
    expect(p.member("worker").staleEnv).toBe(true);
  });

  it("restarts the followers of a user that is restarted", () => {
    const p = moving([
      api,
      service("web"),
      service("page", { needs: [on("web", "ready", { restart: true })] }),
      service("worker"),
    ]);
    p.answer("api", "next", true);
    expect(p.claimed("api", 3001)).toEqual(["start api 3", "stop page 1", "stop worker 1"]);
    expect(p.exited("page", "SIGTERM")).toEqual(["stop web 1"]);
  });

  it("starts a user only once the port it is told is settled", () => {
    const p = play([api, service("web")], users);
    p.up("api", "web");
    expect(p.conflict("api")).toEqual(["ask api"]);
    expect(p.states).toContain("web idle");
    p.answer("api", "next");
    expect(p.claimed("api", 3001)).toEqual(["start api 1", "start web 1"]);
  });

  it("does not carry out an answer that was not offered", () => {
    const p = play([api], users);
    p.up("api");
    p.conflict("api", undefined, [{ ...conflict("api"), choices: ["wait", "skip", "quit"] }]);
    expect(p.answer("api", "kill")).toEqual([]);
  });

  it("only marks those whose edge asks to follow something else", () => {
    const p = moving([
      service("db"),
      api,
      service("web", { needs: [on("db", "ready", { restart: true }), on("api", "started")] }),
    ]);
    p.answer("api", "next");
    p.claimed("api", 3001);
    expect(p.member("web")).toMatchObject({ staleEnv: true, bounce: false });
    expect(p.state("web").status).toBe("ready");
  });

  it("touches nobody when it did not move", () => {
    const p = moving();
    p.answer("api", "kill", true);
    expect(p.claimed("api", 3000)).toEqual(["start api 3"]);
    expect(p.member("web").staleEnv).toBe(false);
  });

  it("is no longer stale once the user has started again", () => {
    const p = moving();
    p.answer("api", "next");
    p.claimed("api", 3001);
    p.restart("web");
    p.exited("web", "SIGTERM");
    expect(p.member("web").staleEnv).toBe(false);
  });
});
