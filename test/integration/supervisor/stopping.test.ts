// How services end, and that nothing of them lives afterwards: every test's project checks that by itself.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startEngine } from "../../helpers/engine.ts";
import { isAlive, stateOf } from "../../helpers/processes.ts";
import { newProject } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";

test("a service that ignores SIGTERM is killed after its grace, and not before", async () => {
  await using project = newProject({
    services: { deaf: { command: "deaf.js", ready: { log: "deaf" }, stop: { timeout: "300ms" } } },
  });
  await using run = await startEngine(project);
  await run.events.state("deaf", "ready");
  expect(await run.stop()).toBe(0);
  const stopping = await run.events.state("deaf", "stopping");
  const idle = await run.events.state("deaf", "idle");
  expect(idle.at - stopping.at).toBeGreaterThanOrEqual(299);
  expect(run.lines("deaf")).toContain("ignores SIGTERM");
});

test("a second request to end skips the grace", async () => {
  await using project = newProject({
    services: { deaf: { command: "deaf.js", ready: { log: "deaf" }, stop: { timeout: "10m" } } },
  });
  await using run = await startEngine(project);
  await run.events.state("deaf", "ready");
  run.request({ type: "quit", by: "SIGINT", force: false });
  await run.events.find({ type: "log", line: "ignores SIGTERM" });
  run.request({ type: "quit", by: "SIGINT", force: true });
  await run.ended;
});

test("a service that is stopped by SIGSTOP ends at once when it is asked to", async () => {
  await using project = newProject({
    services: { frozen: { command: "serve.js", port: "dynamic", stop: { timeout: "10m" } } },
  });
  await using run = await startEngine(project);
  const { pid } = await run.events.state("frozen", "ready");
  process.kill(pid!, "SIGSTOP");
  await until("the service to be stopped", () => stateOf(pid!) === "T");
  expect(await run.stop()).toBe(0);
});

test("workers whose leader has ended are ended before the service starts again or counts as stopped", async () => {
  await using project = newProject({
    services: {
      // The leader goes, and leaves two workers of its group behind, one of which is deaf.
      forking: {
        command: "deaf.js > said & sleep 1000 & echo $! > worker; until test -e go; do sleep 0.02; done; exit 3",
        restart: { policy: "on-failure", delay: 0, max_restarts: 1 },
        stop: { timeout: "200ms" },
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("forking", "ready");
  await until("the worker to be deaf", () => project.has("said") && project.read("said").includes("deaf"));
  const worker = Number(project.read("worker"));
  project.write("go", "");
  const again = await run.events.state("forking", "starting", { run: 2 });
  expect(isAlive(worker)).toBe(false);
  const stopping = await run.events.state("forking", "stopping");
  expect(again.at - stopping.at).toBeGreaterThanOrEqual(199);
  await run.ended;
});

test("a grandchild that keeps the output open delays nothing", async () => {
  await using project = newProject({
    // It leaves its group and session, so that only the output binds it to the service.
    services: { task: { type: "task", command: "setsid sleep 1000 & echo done" } },
  });
  try {
    await using run = await startEngine(project);
    expect((await run.events.state("task", "exited"))["exit"]).toEqual({ code: 0, signal: null });
    expect(await run.ended).toEqual({ kind: "done" });
    expect(run.lines("task")).toEqual(["done"]);
  } finally {
    // What leaves its session is followed by the tag of a later release.
    await project.clear();
  }
});

test("dependents end before what they need, and independent services together", async () => {
  const slow = (name: string): string =>
    `trap 'sleep 0.2; echo end ${name} >> order; exit' TERM; echo up; while :; do sleep 0.02; done`;
  await using project = newProject({
    services: {
      db: { command: slow("db"), ready: { log: "up" } },
      api: { command: slow("api"), ready: { log: "up" }, depends_on: ["db"] },
      worker: { command: slow("worker"), ready: { log: "up" }, depends_on: ["db"] },
      web: { command: slow("web"), ready: { log: "up" }, depends_on: ["api"] },
    },
  });
  await using run = await startEngine(project);
  await run.events.find({ type: "up" });
  expect(await run.stop()).toBe(0);
  const order = project
    .read("order")
    .trim()
    .split("\n")
    .map((line) => line.slice(4));
  expect(order.at(-1)).toBe("db");
  expect(order.indexOf("web")).toBeLessThan(order.indexOf("api"));
  const at = async (name: string): Promise<number> => (await run.events.state(name, "stopping")).at;
  expect((await at("worker")) - (await at("web"))).toBeLessThan(100);
});

test("a stop command ends the service instead of a signal", async () => {
  await using project = newProject({
    services: {
      polite: {
        command:
          "trap 'echo signalled' TERM; echo up; until test -e bye-$SECRET; do sleep 0.02; done; echo left by itself",
        env: { SECRET: "x1" },
        ready: { log: "up" },
        stop: { command: "touch bye-$SECRET", timeout: "10s" },
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("polite", "ready");
  expect(await run.stop()).toBe(0);
  expect(run.lines("polite")).toEqual(["up", "left by itself"]);
});

test("a stop command may tidy up after the service has ended, and is then waited for", async () => {
  await using project = newProject({
    services: {
      tidy: { command: "sleep 1000", stop: { command: "kill $(cat pid); sleep 0.3; echo tidied", timeout: "10s" } },
    },
  });
  await using run = await startEngine(project);
  project.write("pid", String((await run.events.state("tidy", "ready")).pid));
  await run.stop();
  expect(run.lines("tidy")).toContain("tidied");
});

test("a stop command that hangs is killed, whether the service lives or not", async () => {
  await using project = newProject({
    services: {
      gone: { command: "sleep 1000", stop: { command: "kill $(cat pid); sleep 1000", timeout: "300ms" } },
      here: { command: "sleep 1000", stop: { command: "sleep 1000 & wait", timeout: "300ms" } },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("here", "ready");
  project.write("pid", String((await run.events.state("gone", "ready")).pid));
  expect(await run.stop()).toBe(0);
});

describe("a stop command that does not end its service is said, and the stop signal follows within the grace", () => {
  const polite = "trap 'echo graceful; exit' TERM; echo up; while :; do sleep 0.02; done";
  test.for([
    ["fails", "exit 5", { kind: "failed", failure: { kind: "exit", exit: { code: 5, signal: null } } }, "20m"],
    ["is missing", ["nosuch"], { kind: "failed", failure: { kind: "command-not-found", command: "nosuch" } }, "20m"],
    ["is missing in a shell", "nosuch", { kind: "failed", failure: { kind: "command-not-found" } }, "20m"],
    ["ends by a signal", "kill -9 $$", { kind: "failed", failure: { exit: { signal: "SIGKILL" } } }, "20m"],
    ["leaves it alive", "true", { kind: "alive" }, "2s"],
    ["goes on", "exec sleep 1000", { kind: "late", after: 1000 }, "2s"],
  ] as const)("one that %s", async ([, command, problem, timeout]) => {
    await using project = newProject({
      services: { polite: { command: polite, ready: { log: "up" }, stop: { command, timeout } } },
    });
    await using run = await startEngine(project);
    await run.events.state("polite", "ready");
    expect(await run.stop()).toBe(0);
    expect(run.lines("polite")).toContain("graceful");
    await run.events.find({ type: "noticed", kind: "stop-command", service: "polite", signal: "SIGTERM" });
    const [notice] = run.events.all.filter(({ kind }) => kind === "stop-command");
    expect(notice?.["problem"]).toMatchObject(problem);
  });

  test("a service that heeds neither is killed when the grace is over", async () => {
    await using project = newProject({
      services: {
        deaf: { command: "deaf.js", ready: { log: "deaf" }, stop: { command: ["false"], timeout: "300ms" } },
      },
    });
    await using run = await startEngine(project);
    await run.events.state("deaf", "ready");
    expect(await run.stop()).toBe(0);
    expect(run.lines("deaf")).toContain("ignores SIGTERM");
  });

  test("what fails once the service has ended is said, and nobody is signalled", async () => {
    await using project = newProject({
      services: { gone: { command: "sleep 1000", stop: { command: "kill $(cat pid); sleep 0.2; exit 3" } } },
    });
    await using run = await startEngine(project);
    project.write("pid", String((await run.events.state("gone", "ready")).pid));
    expect(await run.stop()).toBe(0);
    const notice = await run.events.find({ type: "noticed", kind: "stop-command" });
    expect(notice).not.toHaveProperty("signal");
  });
});

test("the declared signal goes to the leader alone where that is asked for, and to what it leaves once it has ended", async () => {
  const child = "sh -c 'trap \"echo child hears; exit\" USR1; while :; do sleep 0.02; done' &";
  await using project = newProject({
    services: {
      leader: {
        command: `${child} trap 'sleep 0.1; echo leader ends; exit' USR1; echo up; while :; do sleep 0.02; done`,
        ready: { log: "up" },
        stop: { signal: "SIGUSR1", to: "leader", timeout: "10s" },
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("leader", "ready");
  await run.stop();
  expect(run.lines("leader").filter((line) => /up|ends|hears/.test(line))).toEqual([
    "up",
    "leader ends",
    "child hears",
  ]);
});

test("a service that is asked to end while it starts is ended, and what it proves meanwhile makes it no more ready", async () => {
  await using project = newProject({
    services: {
      slow: {
        command: "trap 'echo up' TERM; echo begun; while :; do sleep 0.02; done 2> /dev/null",
        ready: { log: "up" },
        stop: { timeout: "500ms" },
      },
    },
  });
  await using run = await startEngine(project);
  const { pid } = await run.events.state("slow", "started");
  await run.events.find({ type: "log", line: "begun" });
  await run.stop();
  expect(run.lines("slow")).toEqual(["begun", "up"]);
  expect(isAlive(pid!)).toBe(false);
  expect(run.events.states("slow")).toEqual(["starting", "started", "stopping", "idle"]);
});

test("a stopped service's last words are in its log", async () => {
  await using project = newProject({
    services: {
      last: {
        command: "trap 'echo one; echo two; exit' TERM; echo up; while :; do sleep 0.02; done 2> /dev/null",
        ready: { log: "up" },
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("last", "ready");
  await run.stop();
  expect(readFileSync(project.path(".launch/logs/last.log"), "utf8")).toBe("up\none\ntwo\n");
});

test("a daemon of a service that does not listen has no second grace", async () => {
  const deaf =
    "trap '' TERM; (trap '' TERM; setsid sh -c 'echo daemon; while :; do sleep 0.05; done') & echo up; while :; do sleep 0.05; done";
  await using project = newProject({
    services: { deaf: { command: deaf, ready: { log: "daemon" }, stop: { timeout: "2s" } } },
  });
  await using run = await startEngine(project);
  await run.events.state("deaf", "ready");
  const asked = performance.now();
  expect(await run.stop()).toBe(0);
  const took = performance.now() - asked;
  expect(took).toBeGreaterThan(1990);
  expect(took).toBeLessThan(3900);
  expect(project.processes().filter(({ command }) => command.includes("daemon"))).toEqual([]);
});
