// How a run ends: its exit code, and Ctrl-C, SIGTERM and SIGHUP in every phase. Each project checks that nothing is left.

import { describe, expect, test } from "vitest";
import { type Going, launch, startJson, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { ctrlC, startTerminal } from "../helpers/terminal.ts";
import { anotherRequest, until } from "../helpers/wait.ts";
import { startListener } from "../integration/ports/strangers.ts";

describe("the exit code of every kind of end", () => {
  test.concurrent.each([
    ["0: only tasks, all completed", { only: { type: "task", command: "true" } }, [], 0],
    ["0: a service that ends the run ends well", { only: { command: "true", on_exit: "shutdown" } }, [], 0],
    ["1: a service failed", { only: { command: "exit 4", restart: "no" } }, [], 1],
    ["1: a task failed", { only: { type: "task", command: "false" } }, [], 1],
    ["1: a command is missing", { only: { command: ["no-such-program"] } }, [], 1],
    [
      "1: a failure that the others outlived",
      { bad: { type: "task", command: "false" }, good: { type: "task", command: "true" } },
      ["--on-failure", "continue"],
      1,
    ],
    ["2: an unknown option", { only: "true" }, ["--no-such-option"], 2],
    ["2: an unknown service", { only: "true" }, ["--services", "onyl"], 2],
    ["2: a bad value of an option", { only: "true" }, ["--on-conflict", "explode"], 2],
    ["2: a bad duration", { only: "true" }, ["--timeout", "soon"], 2],
    [
      "5: not ready within --timeout",
      { only: { command: "sleep 1000", ready: { log: "never" } } },
      ["--timeout", "300ms"],
      5,
    ],
  ])("%s", async (_, services, args, code) => {
    await using project = newProject({ services });
    const finished = await launch(project, args);
    expect({ ...finished, code: finished.code }).toMatchObject({ code });
  });

  test.concurrent("2: no manifest", async () => {
    await using project = newProject({ services: {} });
    const { code, stderr } = await launch(project, ["-f", "nowhere.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain("nowhere.yaml");
  });

  test.concurrent("3: a port conflict is left unresolved", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using project = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
    expect((await launch(project, [])).code).toBe(3);
  });
});

// A phase is reached when the run has said so.
const phases: Readonly<
  Record<string, { readonly services: Readonly<Record<string, unknown>>; reached(run: Going): Promise<unknown> }>
> = {
  "while a service starts and another waits": {
    services: {
      slow: { command: "echo up; exec sleep 1000", ready: { log: "never" } },
      after: { command: "sleep 1000", depends_on: ["slow"] },
    },
    reached: (run) => run.events.find({ type: "log", line: "up" }),
  },
  "while a task runs": {
    services: {
      task: { type: "task", command: "echo up; sleep 1000" },
      after: { command: "sleep 1000", depends_on: ["task"] },
    },
    reached: (run) => run.events.find({ type: "log", line: "up" }),
  },
  "while a service waits to start again": {
    services: { crashing: { command: "exit 1", restart: { delay: "10m", max_delay: "10m" } } },
    reached: (run) => run.events.state("crashing", "backoff"),
  },
};

describe("before everything is up, a signal ends the run with 128 and its number", () => {
  for (const [phase, { services, reached }] of Object.entries(phases)) {
    test.concurrent.each([
      ["SIGINT", 130],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
    ] as const)(`${phase}: %s`, async (signal, code) => {
      await using project = newProject({ services });
      await using run = startJson(project);
      await reached(run);
      expect(await run.end(signal)).toBe(code);
    });
  }
});

test("a signal while a service waits for its port ends the run with 130 at once", async () => {
  await using stranger = await startListener("127.0.0.1");
  await using project = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
  await using run = startJson(project, ["--on-conflict", "wait"]);
  await run.events.find({ type: "decided", choice: "wait" });
  expect(await run.end("SIGINT")).toBe(130);
});

describe("once everything is up, a signal ends the run with 0", () => {
  test.concurrent.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s", async (signal) => {
    await using project = newProject({
      services: {
        api: { command: "serve.js", port: "dynamic" },
        worker: { command: "sleep 1000", depends_on: ["api"] },
      },
    });
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    expect(await run.end(signal)).toBe(0);
    expect(run.events.all.at(-1)).toMatchObject({ type: "end", exitCode: 0 });
  });
});

describe("twice", () => {
  const deaf = { deaf: { command: "deaf.js", ready: { log: "deaf" }, stop: { timeout: "10m" } } };

  test.concurrent("a second SIGINT kills what is still stopping", async () => {
    await using project = newProject({ services: deaf });
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    run.signal("SIGINT");
    await run.events.find({ type: "log", line: "ignores SIGTERM" });
    await anotherRequest();
    expect(await run.end("SIGINT")).toBe(0);
  });

  test.concurrent("before everything is up as well", async () => {
    await using project = newProject({
      services: { deaf: { command: "deaf.js", ready: { log: "never" }, stop: { timeout: "10m" } } },
    });
    await using run = startJson(project);
    await run.events.find({ type: "log", line: "deaf" });
    run.signal("SIGINT");
    await run.events.find({ type: "log", line: "ignores SIGTERM" });
    await anotherRequest();
    expect(await run.end("SIGINT")).toBe(130);
  });

  test.concurrent("the third goes at once, whatever is still to be waited for", async () => {
    await using project = newProject({
      // A stop command that never ends, ahead of everything else.
      services: {
        slow: {
          command: "deaf.js",
          ready: { log: "deaf" },
          stop: { command: "echo stopping; sleep 600", timeout: "10m" },
        },
      },
    });
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    run.signal("SIGINT");
    await run.events.find({ type: "log", line: "stopping" });
    await anotherRequest();
    run.signal("SIGINT");
    await anotherRequest();
    run.signal("SIGINT");
    expect(await run.ended).toBe(0);
  });
});

describe("in a terminal", () => {
  test.concurrent("Ctrl-C reaches launch alone, which stops its services in order", async () => {
    await using project = newProject({
      services: {
        api: {
          command:
            "trap 'echo heard INT' INT; trap 'echo heard TERM; exit' TERM; echo up; while :; do sleep 0.02; done",
          ready: { log: "up" },
        },
      },
    });
    await using terminal = startTerminal(project);
    await terminal.sees("all up after");
    terminal.type(ctrlC);
    await terminal.sees("stopping; Ctrl-C again to kill what is left");
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain("heard TERM");
    expect(terminal.shown()).not.toContain("heard INT");
  });

  test.concurrent("Ctrl-C twice kills what is left", async () => {
    await using project = newProject({
      services: { deaf: { command: "deaf.js", ready: { log: "deaf" }, stop: { timeout: "10m" } } },
    });
    await using terminal = startTerminal(project);
    await terminal.sees("all up after");
    terminal.type(ctrlC);
    await terminal.sees("ignores SIGTERM");
    await anotherRequest();
    terminal.type(ctrlC);
    expect(await terminal.ended).toBe(0);
  });

  test.concurrent("closing the window ends everything", async () => {
    await using project = newProject({ services: { api: { command: "serve.js", port: "dynamic" } } });
    await using terminal = startTerminal(project);
    await terminal.sees("all up after");
    terminal.close();
    await terminal.ended;
  });
});

describe("when nobody reads stdout", () => {
  test.concurrent("a closed pipe ends the run cleanly", async () => {
    await using project = newProject({ services: { api: { command: "while :; do echo line; sleep 0.01; done" } } });
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    run.child.stdout!.destroy();
    expect(await run.ended).toBe(0);
  });

  test.concurrent("a pipe that is not read stops no supervision", async () => {
    await using project = newProject({
      services: {
        loud: "yes 'a line of output that nobody reads, often enough to fill every buffer' | head -c 200000000; exec sleep 1000",
        api: {
          command: "rm -f sick; echo $$ > pid; exec serve.js",
          port: "dynamic",
          restart: { delay: 0 },
          health: { http: "/health", interval: "30ms", failures: 2, restart: true },
        },
      },
    });
    await using run = startLaunch(project, ["--non-interactive"]);
    run.child.stdout!.pause();
    const pid = async (not?: string): Promise<string> => {
      const read = (): string => (project.has("pid") ? project.read("pid").trim() : "");
      await until("a new process", () => read() !== "" && read() !== not && !project.has("sick"));
      return read();
    };
    const first = await pid();
    process.kill(Number(first), "SIGKILL");
    const second = await pid(first);
    // The health check goes on as well.
    project.write("sick", "");
    await pid(second);
    run.signal("SIGINT");
    run.child.stdout!.resume();
    expect(await run.ended).toBe(0);
  });
});
