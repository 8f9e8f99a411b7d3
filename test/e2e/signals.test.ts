// What signals mean to launch beyond a single Ctrl-C.

import { describe, expect, test } from "vitest";
import { type Going, launch, startJson, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { anotherRequest, until } from "../helpers/wait.ts";
import { codeOfSignal } from "../../src/core/ending-signals.ts";

const polite = "trap 'sleep 0.1; echo clean; exit' TERM; echo up; while :; do sleep 0.02; done";
const services = { polite: { command: polite, ready: { log: "up" }, stop: { timeout: "10m" } } } as const;

/** Has them all come at the same moment. */
function together(run: Pick<Going, "signal">, ...signals: readonly NodeJS.Signals[]): void {
  for (const signal of ["SIGSTOP", ...signals, "SIGCONT"] as const) run.signal(signal);
}

describe("two signals that come together are one request", () => {
  test.concurrent.each([["SIGINT", "SIGTERM"] as const, ["SIGTERM", "SIGHUP"] as const])(
    "%s and %s keep the grace of services",
    async (...pair) => {
      await using project = newProject({ services });
      await using run = startJson(project);
      await run.events.find({ type: "up" });
      together(run, ...pair);
      expect(await run.ended).toBe(0);
      await run.events.find({ type: "log", line: "clean" });
    },
  );

  test.concurrent("they do not kill the command of launch run, and a later one does", async () => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "deaf.js"]);
    await until("the command", () => run.stdout().includes("deaf"));
    together(run, "SIGINT", "SIGTERM");
    await until("the signal", () => run.stdout().includes("ignores"));
    await anotherRequest();
    expect(run.child.exitCode).toBeNull();
    expect(await run.end("SIGTERM")).toBe(137);
  });

  test.concurrent("they only hurry services on the way down", async () => {
    await using project = newProject({
      services: { deaf: { command: "deaf.js", ready: { log: "deaf" }, stop: { timeout: "10m" } } },
    });
    expect(await launch(project, ["-d", "--wait"])).toMatchObject({ code: 0 });
    await using down = startLaunch(project, ["down"]);
    await until("the stop", () => project.read(".launch/logs/deaf.log").includes("ignores SIGTERM"));
    together(down, "SIGINT", "SIGTERM");
    expect(await down.ended).toBe(0);
  });
});

test.concurrent.each(["SIGQUIT", "SIGUSR2", "SIGALRM", "SIGXCPU", "SIGVTALRM", "SIGPROF", "SIGIO"] as const)(
  "%s ends launch by stopping its services in order",
  async (signal) => {
    await using project = newProject({ services: { polite: { ...services.polite, ready: { log: "never" } } } });
    await using run = startJson(project);
    await run.events.find({ type: "log", line: "up" });
    expect(await run.end(signal)).toBe(codeOfSignal(signal));
    await run.events.find({ type: "log", line: "clean" });
  },
);

test.concurrent("SIGUSR1 opens no debugger and ends nothing, in launch and in an engine of its own", async () => {
  await using project = newProject({ services });
  await using run = startJson(project);
  await run.events.find({ type: "up" });
  run.signal("SIGUSR1");
  expect(await run.end("SIGTERM")).toBe(0);
  expect(run.stderr()).not.toContain("Debugger");

  await launch(project, ["-d", "--wait"]);
  const { pid } = JSON.parse(project.read(".launch/run.json")) as { readonly pid: number };
  process.kill(pid, "SIGUSR1");
  expect(await launch(project, ["status"])).toMatchObject({ code: 0 });
  expect((await launch(project, ["down"])).code).toBe(0);
});

test.concurrent("launch run hands SIGUSR1, SIGUSR2 and SIGQUIT on to its command and ends by none of them", async () => {
  await using project = newProject({ services });
  const traps = ["USR1", "USR2", "QUIT"].map((name) => `trap 'echo got ${name}' ${name};`).join(" ");
  const script = `${traps} trap 'exit 9' TERM; echo running; while :; do sleep 0.02; done`;
  await using run = startLaunch(project, ["run", "--", "sh", "-c", script]);
  await until("the command", () => run.stdout().includes("running"));
  for (const name of ["USR1", "USR2", "QUIT"]) {
    run.signal(`SIG${name}` as NodeJS.Signals);
    await until(name, () => run.stdout().includes(`got ${name}`));
  }
  expect(await run.end("SIGTERM")).toBe(9);
});
