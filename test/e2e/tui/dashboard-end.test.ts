// Every way in which a dashboard ends: what becomes of the services, of the terminal, and which exit code it has.

import { describe, expect, it } from "vitest";
import type { TestScreen } from "../../helpers/screen.ts";
import { isAlive } from "../../helpers/processes.ts";
import { until } from "../../helpers/wait.ts";
import { asked, ctrlC, openDashboard, startDashboard, untilRow, servicesIn, isEngine } from "./dashboard.ts";

const services = { db: "sleep 1000", api: { command: "sleep 1000", depends_on: ["db"] } };

/** What must be true of a terminal that has been given back. */
function expectGivenBack(screen: TestScreen): void {
  expect(screen.isAlternate()).toBe(false);
  expect(screen.isCursorShown()).toBe(true);
  for (const [mode, letter] of [
    ["1000", "l"],
    ["1002", "l"],
    ["1006", "l"],
    ["2004", "l"],
    ["7", "h"],
  ] as const) {
    const last = [...screen.raw().matchAll(new RegExp(`\\x1b\\[\\?${mode}([hl])`, "g"))].at(-1)?.[1];
    expect([mode, last]).toEqual([mode, letter]);
  }
}

describe("leaving by the keyboard", () => {
  it.concurrent("asks first, and stops everything when that is what was meant", async () => {
    await using dashboard = await openDashboard({ services });
    const { screen, project } = dashboard;
    screen.type("q");
    await asked(screen, "Quit?");
    expect(screen.screen()).toContain("2 services are running");
    screen.type("n");
    await screen.untilGone("Quit?");
    screen.type("q");
    await asked(screen, "Quit?");
    screen.type("q");
    expect(await screen.ended).toEqual({ code: 0, signal: 0 });
    expectGivenBack(screen);
    expect(screen.screen()).toMatch(/ended after/);
    expect(servicesIn(project)).toEqual([]);
  });

  it.concurrent("stops everything by Ctrl-C, dependents first, and ends with 0 after everything was up", async () => {
    const says = (name: string): string => `trap 'echo ${name} >>order; exit 0' TERM; while :; do sleep 0.02; done`;
    await using dashboard = await openDashboard({
      services: { db: says("db"), api: { command: says("api"), depends_on: ["db"] } },
    });
    const { screen, project } = dashboard;
    screen.type(ctrlC);
    expect(await screen.ended).toEqual({ code: 0, signal: 0 });
    expectGivenBack(screen);
    expect(project.read("order")).toBe("api\ndb\n");
    expect(servicesIn(project)).toEqual([]);
  });

  it.concurrent("says that a service does not end, and ends it at once by the second Ctrl-C", async () => {
    await using dashboard = await openDashboard({
      services: { deaf: { command: "deaf.js", ready: { log: "deaf" }, stop: { timeout: "60s" } } },
    });
    const { screen, project } = dashboard;
    screen.type(ctrlC);
    await screen.until("ignores SIGTERM");
    await untilRow(screen, "deaf", /stopping/);
    expect(screen.screen()).toContain("Ctrl-C");
    expect(screen.row(0)).toContain("ending");
    screen.type(ctrlC);
    expect(await screen.ended).toEqual({ code: 0, signal: 0 });
    expectGivenBack(screen);
    expect(servicesIn(project)).toEqual([]);
  });

  it.concurrent("goes by the third Ctrl-C though the engine is stopped, and all is ended", async () => {
    await using dashboard = await openDashboard({ services: { api: "sleep 1000" } });
    const { screen, project } = dashboard;
    const { pid = 0 } = project.processes().find(({ command }) => isEngine(command)) ?? {};
    process.kill(pid, "SIGSTOP");
    screen.type(ctrlC);
    await screen.until("stopping everything");
    screen.type(ctrlC);
    await screen.until("ending everything at once");
    screen.type(ctrlC);
    expect(await screen.ended).toEqual({ code: 130, signal: 0 });
    expectGivenBack(screen);
    expect(screen.screen()).toContain(`The engine (pid ${pid}) did not react and was killed`);
    await until("all to be ended", () => project.processes().length === 0);
  });

  it.concurrent("ends with 130 by Ctrl-C while things are still starting", async () => {
    await using dashboard = startDashboard({ services: { slow: { command: "sleep 1000", ready: { log: "never" } } } });
    const { screen, project } = dashboard;
    await untilRow(screen, "slow", /starting/);
    screen.type(ctrlC);
    expect(await screen.ended).toEqual({ code: 130, signal: 0 });
    expectGivenBack(screen);
    expect(servicesIn(project)).toEqual([]);
  });
});

describe("ending from outside", () => {
  it.concurrent.each([
    ["SIGTERM", 0],
    ["SIGINT", 0],
    ["SIGHUP", 0],
  ] as const)("%s stops everything and gives the terminal back", async (signal, code) => {
    await using dashboard = await openDashboard({ services });
    const { screen, project } = dashboard;
    screen.signal(signal);
    expect(await screen.ended).toEqual({ code, signal: 0 });
    expectGivenBack(screen);
    expect(servicesIn(project)).toEqual([]);
  });

  it.concurrent.each([
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGHUP"],
  ] as const)("%s and %s that come together keep the grace of services", async (...pair) => {
    const polite = "trap 'sleep 0.2; touch clean; exit' TERM; echo up; while :; do sleep 0.02; done";
    await using dashboard = await openDashboard({
      services: { polite: { command: polite, ready: { log: "up" }, stop: { timeout: "10m" } } },
    });
    const { screen, project } = dashboard;
    for (const signal of ["SIGSTOP", ...pair, "SIGCONT"] as const) screen.signal(signal);
    expect(await screen.ended).toEqual({ code: 0, signal: 0 });
    expect(project.has("clean")).toBe(true);
    expectGivenBack(screen);
  });

  it.concurrent("a closed terminal stops everything", async () => {
    await using dashboard = await openDashboard({ services });
    const { screen, project } = dashboard;
    await screen[Symbol.asyncDispose]();
    await until("everything to be gone", () => project.processes().length === 0);
  });

  it.concurrent("SIGKILL for the dashboard stops the services", async () => {
    await using dashboard = await openDashboard({ services });
    const { screen, project } = dashboard;
    screen.signal("SIGKILL");
    expect(await screen.ended).toEqual({ code: 0, signal: 9 });
    await until("everything to be gone", () => project.processes().length === 0);
  });

  it.concurrent("is said in a clear line when the engine was killed, with exit code 1", async () => {
    await using dashboard = await openDashboard({ name: "shop", services });
    const { screen, project } = dashboard;
    // The guard's command line ends with that of the engine which it may start.
    const engines = project.processes().filter(({ command }) => isEngine(command) && !command.includes("launch-guard"));
    expect(engines).toHaveLength(1);
    const [engine] = engines;
    process.kill(engine!.pid, "SIGKILL");
    const ended = await screen.ended;
    // Nobody is left to stop them.
    await project.clear();
    expect(ended).toEqual({ code: 1, signal: 0 });
    expectGivenBack(screen);
    expect(screen.screen()).toContain(`The engine of shop (pid ${engine!.pid}) was killed by SIGKILL, and`);
    expect(isAlive(engine!.pid)).toBe(false);
  });
});
