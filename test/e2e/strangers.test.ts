// A foreign process on a wanted or probed port: never mistaken for the service, always named, answered by policy.

import { describe, expect, test } from "vitest";
import { launch, startJson } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { isAlive } from "../helpers/processes.ts";
import { until } from "../helpers/wait.ts";
import { freePort, startListener, startNode, startStranger } from "../integration/ports/strangers.ts";

/** A server that answers everything with 200, as a stranger's might. */
async function startHttpStranger(port: number) {
  return startNode(`
    import { createServer } from "node:http";
    createServer((_, response) => response.end("stranger")).listen(${port}, "127.0.0.1", () => console.log("up"));`);
}

describe("a stranger that answers on the probed port never makes a service ready", () => {
  test.concurrent.each([
    ["listen", "listen"],
    ["tcp", { tcp: "main" }],
    ["http", { http: "/" }],
  ])("with a probe by %s", async (_, ready) => {
    const port = await freePort();
    await using project = newProject({
      services: { api: { command: "echo waiting; until test -e gone; do sleep 0.05; done", port, ready } },
    });
    await using run = startJson(project);
    await run.events.find({ type: "log", line: "waiting" });
    // It binds while the service is coming up, so the claim has seen nothing of it.
    await using stranger = await startHttpStranger(port);
    const blocked = await run.events.state("api", "blocked");
    expect(blocked["conflicts"]).toMatchObject([{ port, holder: { kind: "process", holder: { pid: stranger.pid } } }]);
    expect(await run.ended).toBe(3);
    expect(run.events.states("api")).not.toContain("ready");
    expect(isAlive(stranger.pid)).toBe(true);
  });
});

test("a stranger on a bare port is named and ends the run with 3, and nothing is started", async () => {
  await using stranger = await startListener("127.0.0.1");
  const { port } = stranger;
  await using project = newProject({
    services: {
      api: { command: "touch started; serve.js", port },
      other: { command: "touch started; sleep 100", depends_on: ["api"] },
    },
  });
  const { code, stdout } = await launch(project, []);
  expect(code).toBe(3);
  expect(stdout).toContain(`port ${port} is held by node (pid ${stranger.pid}, "`);
  expect(stdout).toContain("the manifest gives no room to move, and nobody was there to ask");
  expect(project.has("started")).toBe(false);
  expect(isAlive(stranger.pid)).toBe(true);
});

test("what a stranger calls itself is shown as one line that does nothing to a terminal", async () => {
  const script = "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))";
  const argv0 = "\u001b]0;title\u0007\u001b[2Jevil\nokay > ready";
  await using stranger = await startStranger(process.execPath, ["-e", script], { argv0 });
  await using project = newProject({ services: { api: { command: "serve.js", port: Number(stranger.line) } } });
  const { stdout } = await launch(project, ["--color"]);
  expect(stdout).toContain("evil okay > ready");
  expect(stdout).not.toMatch(/\u001b(?!\[\d+m)/);
  expect(stdout).not.toMatch(/^okay/m);
});

test("a stranger in a range moves the service to the next port of it, which everyone is told", async () => {
  await using stranger = await startListener("127.0.0.1");
  const { port } = stranger;
  await using project = newProject({
    services: {
      api: { command: "serve.js", port: { preferred: port, range: `${port}-${Math.min(port + 20, 65_535)}` } },
      user: { command: 'echo "told $API_PORT $API_URL"; sleep 100', depends_on: ["api"] },
    },
  });
  await using run = startJson(project);
  const moved = await run.events.find({ type: "moved", service: "api" });
  expect(moved).toMatchObject({ from: port, reason: expect.stringContaining(`pid ${stranger.pid}`) });
  const to = Number(moved["to"]);
  expect(to).toBeGreaterThan(port);
  await run.events.find({ type: "log", line: `told ${to} http://localhost:${to}` });
  await run.events.find({ type: "up" });
  expect(await (await fetch(`http://127.0.0.1:${to}/`)).text()).toBe("hello from api");
  expect(await run.end("SIGINT")).toBe(0);
});

describe("what the command line says about conflicts is done", () => {
  test.concurrent("--on-conflict kill ends the holder and takes its port", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using project = newProject({ services: { api: { command: "serve.js", port } } });
    await using run = startJson(project, ["--on-conflict", "kill"]);
    expect(await run.events.state("api", "ready")).toMatchObject({ ports: { main: port } });
    expect(isAlive(stranger.pid)).toBe(false);
    expect(await run.end("SIGINT")).toBe(0);
  });

  test.concurrent("a manifest's on_conflict: kill ends nobody without a person", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using project = newProject({
      services: { api: { command: "serve.js", port: { preferred: port, on_conflict: "kill" } } },
    });
    expect((await launch(project, ["--non-interactive"])).code).toBe(3);
    expect(isAlive(stranger.pid)).toBe(true);
  });

  test.concurrent("--on-conflict next moves a bare port", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using project = newProject({ services: { api: { command: "serve.js", port } } });
    await using run = startJson(project, ["--on-conflict", "next"]);
    const ready = await run.events.state("api", "ready");
    expect(ready.ports?.["main"]).not.toBe(port);
    expect(await run.end("SIGINT")).toBe(0);
  });

  test.concurrent("--on-conflict adopt uses the stranger, watches it and never ends it; its death starts our own", async () => {
    const port = await freePort();
    await using stranger = await startHttpStranger(port);
    await using project = newProject({
      services: {
        api: { command: "serve.js", port, ready: { http: "/" }, health: { http: "/", interval: "50ms", failures: 1 } },
      },
    });
    await using run = startJson(project, ["--on-conflict", "adopt"]);
    const adopted = await run.events.state("api", "ready");
    expect(adopted.pid).toBeUndefined();
    await stranger.end();
    const own = await run.events.find((said) => said.state === "ready" && said.pid !== undefined);
    expect(own.ports).toEqual({ main: port });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("hello from api");
    expect(await run.end("SIGINT")).toBe(0);
  });

  test.concurrent("an adopted process outlives the run", async () => {
    const port = await freePort();
    await using stranger = await startHttpStranger(port);
    await using project = newProject({ services: { api: { command: "serve.js", port }, own: "sleep 100" } });
    await using run = startJson(project, ["--on-conflict", "adopt"]);
    await run.events.find({ type: "up" });
    expect(await run.end("SIGTERM")).toBe(0);
    expect(isAlive(stranger.pid)).toBe(true);
  });

  test.concurrent("--on-conflict wait starts the service once the port is free", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using project = newProject({ services: { api: { command: "serve.js", port } } });
    await using run = startJson(project, ["--on-conflict", "wait"]);
    await run.events.find({ type: "decided", choice: "wait" });
    await stranger.end();
    expect(await run.events.state("api", "ready")).toMatchObject({ ports: { main: port } });
    expect(await run.end("SIGINT")).toBe(0);
  });

  test.concurrent("--on-conflict skip goes on without the service and what needs it", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using project = newProject({
      services: {
        api: { command: "serve.js", port },
        user: { command: "sleep 100", depends_on: ["api"] },
        other: "sleep 100",
      },
    });
    await using run = startJson(project, ["--on-conflict", "skip"]);
    await run.events.state("other", "ready");
    await run.events.state("api", "failed", { reason: "skipped" });
    expect(run.events.states("user")).toEqual([]);
    await run.end("SIGINT");
  });

  test.concurrent("--on-conflict fail and --strict-ports end with 3 even where the manifest gives room", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using project = newProject({
      services: { api: { command: "serve.js", port: { preferred: port, range: `${port}-${port + 9}` } } },
    });
    expect((await launch(project, ["--on-conflict", "fail"])).code).toBe(3);
    expect((await launch(project, ["--strict-ports"])).code).toBe(3);
    expect((await launch(project, ["--on-conflict", "next", "--strict-ports"])).code).toBe(3);
  });
});

test("a service that cannot bind because a stranger was faster says who it was", async () => {
  const port = await freePort();
  await using project = newProject({
    services: {
      api: {
        command: "echo waiting; until test -e go; do sleep 0.02; done; serve.js",
        port,
        restart: "no",
        ready: { log: "listens" },
      },
    },
  });
  await using run = startJson(project);
  await run.events.find({ type: "log", line: "waiting" });
  await using stranger = await startListener("127.0.0.1", port);
  project.write("go", "");
  const blocked = await run.events.state("api", "blocked");
  expect(blocked["conflicts"]).toMatchObject([{ port, holder: { holder: { pid: stranger.pid } } }]);
  expect(await run.ended).toBe(3);
  await until("nothing left", () => project.processes().length === 0);
});

test("a probe that another service answers is no sign of life, and why says so", async () => {
  const port = await freePort();
  await using project = newProject({
    services: {
      api: { command: "serve.js", port },
      other: { command: "exec sleep 1000", ready: { http: `http://127.0.0.1:${port}/` } },
    },
  });
  await using run = startJson(project);
  await run.events.state("api", "ready");
  const why = async (): Promise<boolean> => {
    const { stdout } = await launch(project, ["why", "other"]);
    return stdout.includes(`port ${port} is answered by a process of another's (with owner: any it counts)`);
  };
  for (const end = Date.now() + 20_000; !(await why());) expect(Date.now()).toBeLessThan(end);
  await run.end("SIGINT");
});
