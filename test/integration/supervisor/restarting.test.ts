// What happens when a service ends by itself or falls ill.

import { unlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startEngine } from "../../helpers/engine.ts";
import { isAlive } from "../../helpers/processes.ts";
import { newProject } from "../../helpers/project.ts";
import { freePort, startListener } from "../ports/strangers.ts";

test("a service that is killed starts again on its port", async () => {
  await using project = newProject({
    services: { api: { command: "serve.js", port: "dynamic", restart: { delay: 0 } } },
  });
  await using run = await startEngine(project);
  const first = await run.events.state("api", "ready");
  process.kill(first.pid!, "SIGKILL");
  const second = await run.events.state("api", "ready", { run: 2 });
  expect(second.ports).toEqual(first.ports);
  expect(second.pid).not.toBe(first.pid);
  expect(second.restarts).toBe(1);
  expect(await run.stop()).toBe(0);
});

test("a service that crashes a few times and then lives comes up, and the run with it", async () => {
  await using project = newProject({
    services: { shaky: { command: "crash.js 2", restart: { delay: 0 }, ready: { log: "lives" } } },
  });
  await using run = await startEngine(project);
  expect(await run.events.state("shaky", "ready")).toMatchObject({ run: 3, restarts: 2 });
  expect(await run.stop()).toBe(0);
});

test("a crash loop ends as failed, says so in words, and ends the run with 1", async () => {
  await using project = newProject({
    services: {
      broken: { command: "exit 7", restart: { delay: 0, max_restarts: 3, window: "1m" } },
      other: { command: "sleep 1000", depends_on: { broken: { condition: "ready", required: false } } },
    },
  });
  await using run = await startEngine(project);
  const failed = await run.events.state("broken", "failed");
  expect(failed.reason).toBe("crash loop: restarted 3 times within 1m, last: ended with exit code 7");
  expect(await run.ended).toMatchObject({ kind: "failed", service: "broken" });
});

test("a program that cannot be started is not tried again", async () => {
  await using project = newProject({
    services: { gone: { command: ["no-such-program-anywhere"], restart: "always" } },
  });
  await using run = await startEngine(project);
  expect((await run.events.state("gone", "failed")).reason).toBe("command not found: no-such-program-anywhere");
  expect(run.events.states("gone")).not.toContain("backoff");
});

test.each([
  [
    "a shell that does not find its program",
    "no-such-program-anywhere --flag",
    "command not found: no-such-program-anywhere",
  ],
  ["a program that may not be run", ["./plain.txt"], "not executable: ./plain.txt"],
])("%s is told apart from any other end", async (_, command, reason) => {
  await using project = newProject({ services: { broken: { command } } }, { "plain.txt": "text" });
  await using run = await startEngine(project);
  expect((await run.events.state("broken", "failed")).reason).toContain(reason);
});

test("a missing directory is told apart from a missing program", async () => {
  await using project = newProject({ services: { lost: { command: ["serve.js"], working_dir: "nowhere" } } });
  await using run = await startEngine(project);
  expect((await run.events.state("lost", "failed")).reason).toBe(`no such directory: ${project.path("nowhere")}`);
});

describe("a failed service", () => {
  const services = { broken: { command: "exit 3", restart: "no" }, other: "echo lives; sleep 1000" };

  test("stops the others by default", async () => {
    await using project = newProject({ services });
    await using run = await startEngine(project);
    expect(await run.ended).toMatchObject({ kind: "failed", service: "broken" });
  });

  test("lets the others go on with --on-failure continue, and still ends with 1", async () => {
    await using project = newProject({ services });
    await using run = await startEngine(project, { onFailure: "continue" });
    await run.events.state("broken", "failed");
    const { pid } = await run.events.state("other", "ready");
    expect(isAlive(pid!)).toBe(true);
    expect(await run.stop()).toBe(1);
  });

  test("keeps its dependents from starting", async () => {
    await using project = newProject({
      services: { broken: services.broken, user: { command: "sleep 1000", depends_on: ["broken"] } },
    });
    await using run = await startEngine(project, { onFailure: "continue" });
    await run.ended;
    expect(run.events.states("user")).toEqual([]);
  });
});

describe("on_exit", () => {
  test("shutdown ends the whole run with 0 when the service ends well", async () => {
    await using project = newProject({
      services: { window: { command: "sleep 0.2", on_exit: "shutdown" }, other: "sleep 1000" },
    });
    await using run = await startEngine(project);
    expect(await run.ended).toEqual({ kind: "done" });
  });

  test("fail ends the whole run with 1 even when the service ends well", async () => {
    await using project = newProject({
      services: { never: { command: "sleep 0.2", on_exit: "fail" }, other: "sleep 1000" },
    });
    await using run = await startEngine(project);
    expect(await run.ended).toMatchObject({ kind: "failed", service: "never" });
  });

  test("ignore lets the others go on", async () => {
    await using project = newProject({ services: { brief: "sleep 0.2", other: "sleep 1000" } });
    await using run = await startEngine(project);
    await run.events.state("brief", "exited");
    expect(await run.stop()).toBe(0);
  });
});

test("tasks alone end the run by themselves", async () => {
  await using project = newProject({
    services: {
      first: { type: "task", command: "echo first >> order" },
      second: { type: "task", command: "echo second >> order", depends_on: ["first"] },
    },
  });
  await using run = await startEngine(project);
  expect(await run.ended).toEqual({ kind: "done" });
  expect(project.read("order")).toBe("first\nsecond\n");
});

test("a declared success code is a success", async () => {
  await using project = newProject({
    services: { odd: { type: "task", command: "exit 42", success_exit_codes: [0, 42] } },
  });
  await using run = await startEngine(project);
  expect(await run.ended).toEqual({ kind: "done" });
});

test("an unhealthy service is restarted where that is asked for", async () => {
  await using project = newProject({
    services: {
      api: {
        command: "rm -f sick; exec serve.js",
        port: "dynamic",
        health: { http: "/health", interval: "30ms", failures: 2, restart: true },
        restart: { delay: 0 },
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("api", "ready");
  project.write("sick", "");
  expect(await run.events.state("api", "ready", { run: 2 })).toMatchObject({ restarts: 1 });
  const ill = run.events.all.find((said) => said.health === "unhealthy");
  expect(ill).toBeDefined();
  expect(await run.stop()).toBe(0);
});

test("an unhealthy service only says so otherwise, and gets well again", async () => {
  await using project = newProject({
    services: {
      api: { command: "serve.js", port: "dynamic", health: { http: "/health", interval: "30ms", failures: 2 } },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("api", "ready");
  project.write("sick", "");
  await run.events.find({ service: "api", health: "unhealthy" });
  unlinkSync(project.path("sick"));
  await run.events.find({ service: "api", health: "healthy" });
  expect(run.events.states("api")).not.toContain("stopping");
  expect(await run.stop()).toBe(0);
});

test("a dependent whose edge asks for it restarts with what it needs", async () => {
  await using project = newProject({
    services: {
      db: { command: "serve.js", port: "dynamic", restart: { delay: 0 } },
      api: { command: "sleep 1000", depends_on: { db: { condition: "ready", restart: true } } },
      web: { command: "sleep 1000", depends_on: ["db"] },
    },
  });
  await using run = await startEngine(project);
  await run.events.find({ type: "up" });
  process.kill((await run.events.state("db", "ready")).pid!, "SIGKILL");
  await run.events.state("api", "ready", { run: 2 });
  expect(run.events.states("web")).not.toContain("stopping");
  expect(await run.stop()).toBe(0);
});

test("an external service is waited for, watched and never signalled", async () => {
  const port = await freePort();
  await using project = newProject({
    services: {
      cache: { external: true, port, ready: { tcp: "main" } },
      api: { command: "sleep 1000", depends_on: ["cache"] },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("cache", "started");
  expect(run.events.states("api")).toEqual([]);
  await using outside = await startListener("127.0.0.1", port);
  await run.events.state("api", "ready");
  expect(await run.stop()).toBe(0);
  expect(isAlive(outside.pid)).toBe(true);
});

test("a readiness probe that never succeeds ends in a failure with its last reason", async () => {
  await using project = newProject({
    services: {
      api: {
        command: "serve.js",
        port: "dynamic",
        ready: { http: "/health", timeout: "500ms", status: 418 },
        restart: { policy: "on-failure", delay: 0, max_restarts: 1 },
      },
    },
  });
  await using run = await startEngine(project);
  const failed = await run.events.state("api", "failed");
  expect(failed.reason).toMatch(/^crash loop: restarted 1 time within 2m, last: not ready within \d.*s: .+/);
});

test("not everything up in time ends with 5 and names what was waited for", async () => {
  await using project = newProject({
    services: {
      slow: { command: "sleep 1000", ready: { log: "never" } },
      after: { command: "sleep 1000", depends_on: ["slow"] },
    },
  });
  await using run = await startEngine(project, { upBy: performance.now() + 300 });
  expect(await run.ended).toEqual({ kind: "timeout", waiting: ["slow", "after"] });
});

test("a log that somebody has deleted is written anew from the next start on", async () => {
  await using project = newProject({
    services: {
      api: {
        command: 'echo "run $LAUNCH_RUN"; exec sleep 1000',
        ready: { log: "^run" },
        restart: { policy: "always", delay: 0 },
      },
    },
  });
  await using run = await startEngine(project);
  const first = await run.events.state("api", "ready");
  unlinkSync(project.path(".launch/logs/api.log"));
  process.kill(first.pid!, "SIGKILL");
  await run.events.state("api", "ready", { run: 2 });
  expect(await run.stop()).toBe(0);
  expect(project.read(".launch/logs/api.log")).toMatch(/^run .*\/api\/2\/\d+\n$/);
  expect(run.lines("api")).toHaveLength(2);
});

test("a service that ends right after the line that it is known by was ready before it ended", async () => {
  const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
  const brief = { command: "echo done; exit 0", ready: { log: "done" }, restart: "on-failure" };
  await using project = newProject({ services: Object.fromEntries(names.map((name) => [name, brief])) });
  await using run = await startEngine(project);
  await Promise.all(names.map((name) => run.events.state(name, "exited")));
  for (const name of names) expect(run.events.states(name)).toEqual(["starting", "started", "ready", "exited"]);
  await run.ended;
});
