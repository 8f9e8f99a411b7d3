// `launch run -- CMD`: what the command gets, and how both end.

import { describe, expect, test } from "vitest";
import { launch, startJson, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { ctrlC, startTerminal } from "../helpers/terminal.ts";
import { until } from "../helpers/wait.ts";

describe("launch run", () => {
  const services = { api: { command: "echo noise; exec serve.js", port: "dynamic" } };

  test.concurrent("runs the command when all is ready, with the exported names, and stdout is the command's alone", async () => {
    await using project = newProject({ name: "shop", services });
    const ask =
      'process.stdout.write(await (await fetch(process.env.API_URL)).text() + " " + process.env.LAUNCH_PROJECT)';
    const { code, stdout } = await launch(project, ["run", "--", "node", "--input-type=module", "-e", ask]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "hello from api shop" });
  });

  test.concurrent.each([
    ["its own code", ["sh", "-c", "exit 7"], 7],
    ["128 and the signal's number", ["sh", "-c", "kill -TERM $$"], 143],
    ["127 when it is not there", ["no-such-program-anywhere"], 127],
    ["126 when it may not be run", ["./plain.txt"], 126],
  ])("ends with the command's code: %s", async (_, command, code) => {
    await using project = newProject({ services }, { "plain.txt": "text" });
    expect((await launch(project, ["run", "--", ...command])).code).toBe(code);
  });

  test.concurrent("ends with 125 and the last lines of what failed when not everything gets ready", async () => {
    await using project = newProject({ services: { ...services, bad: { command: "echo why it failed; exit 3" } } });
    const { code, stdout, stderr } = await launch(project, ["run", "--", "touch", "ran"]);
    expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
    expect(stderr).toContain("why it failed");
    expect(stderr).toContain("bad failed: ended with exit code 3");
    expect(project.has("ran")).toBe(false);
  });

  test.concurrent("ends with 125 once all others are up, too, where it is to go on without what failed", async () => {
    await using project = newProject({ services: { ...services, bad: { command: "exit 3", restart: "no" } } });
    const { code, stderr } = await launch(project, ["run", "--on-failure", "continue", "--", "touch", "ran"]);
    expect(code).toBe(125);
    expect(stderr).toContain("api > ready");
    expect(stderr).toContain("bad failed: ended with exit code 3");
    expect(project.has("ran")).toBe(false);
  });

  test.concurrent("ends with 125 when the manifest is wrong, when nothing is ready in time and when the project already runs", async () => {
    await using wrong = newProject("services: [");
    expect((await launch(wrong, ["run", "--", "true"])).code).toBe(125);
    await using slow = newProject({ services: { slow: { command: "sleep 1000", ready: { log: "never" } } } });
    expect((await launch(slow, ["run", "--timeout", "200ms", "--", "true"])).code).toBe(125);
    await using project = newProject({ services });
    await using first = startJson(project);
    await first.events.find({ type: "up" });
    expect((await launch(project, ["run", "--", "true"])).code).toBe(125);
    await first.end("SIGINT");
  });

  test.concurrent("runs only once tasks are completed, and does not restart what ends", async () => {
    await using project = newProject({
      services: {
        seed: { type: "task", command: "echo seeded > data" },
        brief: { command: "echo x >> brief; exit 1", restart: "always", depends_on: ["seed"] },
      },
    });
    expect((await launch(project, ["run", "seed", "--", "cat", "data"])).stdout).toBe("seeded\n");
    expect((await launch(project, ["run", "--", "true"])).code).toBe(125);
    expect(project.read("brief")).toBe("x\n");
  });

  test.concurrent("needs a command", async () => {
    await using project = newProject({ services });
    const { stderr } = await launch(project, ["run"]);
    expect(stderr).toContain("launch run [services..] -- CMD");
  });

  test.concurrent("passes Ctrl-C in a terminal to the command, and stops everything after it", async () => {
    await using project = newProject({ services });
    const script = "trap 'echo got INT; exit 9' INT; echo running; while :; do sleep 0.02; done";
    await using terminal = startTerminal(project, ["run", "--", "sh", "-c", script]);
    await terminal.sees("running");
    terminal.type(ctrlC);
    await terminal.sees("got INT");
    expect(await terminal.ended).toBe(9);
  });

  test.concurrent.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("passes %s that launch alone got on to the command and what it has started", async (signal, code) => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "sh", "-c", "echo running; sleep 1000; true"]);
    await until("the command", () => run.stdout().includes("running"));
    expect(await run.end(signal)).toBe(code);
  });

  test.concurrent("ends the command when launch down asks for the end, also once a service has failed", async () => {
    await using project = newProject({
      services: { ...services, brief: { command: "until test -e end; do sleep 0.02; done; exit 1" } },
    });
    await using run = startLaunch(project, ["run", "--", "sh", "-c", "echo running; sleep 1000; true"]);
    await until("the command", () => run.stdout().includes("running"));
    project.write("end", "");
    await until("the failure", () => run.stderr().includes("ended with exit code 1"));
    expect(await launch(project, ["down"])).toMatchObject({ code: 0 });
    expect(await run.ended).toBe(143);
  });
});

// By then V8 has begun to tidy up by itself, which launch must not disturb.
test.concurrent("a start may take nine seconds", async () => {
  await using project = newProject({
    services: { slow: { command: 'sleep 9; echo READY=1 >&"$NOTIFY_FD"; exec sleep 1000', ready: "notify" } },
  });
  expect(await launch(project, ["run", "-q", "--", "sleep", "1.5"])).toMatchObject({ code: 0 });
});
