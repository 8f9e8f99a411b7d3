// What is done to services: start, stop, restart, signal, open, attach; asked first where something would be lost.

import { chmodSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isAlive } from "../../helpers/processes.ts";
import { until } from "../../helpers/wait.ts";
import { freePorts } from "../../integration/ports/strangers.ts";
import { asked, escape, openDashboard, rowOf, untilRow } from "./dashboard.ts";

const services = {
  db: "echo db runs; exec sleep 1000",
  api: { command: "echo api runs; exec sleep 1000", depends_on: ["db"] },
};
const runs = (text: string): number => text.split("\n").filter((line) => line.endsWith(" runs")).length;

describe("services", () => {
  it.concurrent("are stopped and started again", async () => {
    await using dashboard = await openDashboard({ services });
    const { screen } = dashboard;
    screen.type("js");
    expect(await untilRow(screen, "api", /idle/)).toContain("stopped");
    expect(rowOf(screen, "db")).toContain("ready");
    screen.type("s");
    await untilRow(screen, "api", /ready/);
    expect(runs(dashboard.project.read(".launch/logs/api.log"))).toBe(2);
  });

  it.concurrent("are not stopped under those that need them without a yes", async () => {
    await using dashboard = await openDashboard({ services });
    const { screen } = dashboard;
    screen.type("s");
    await asked(screen, "Stop db?");
    expect(screen.screen()).toContain("api needs it and is running.");
    // What is marked is no.
    screen.type("\r");
    await screen.untilGone("Stop db?");
    expect(rowOf(screen, "db")).toContain("ready");
    screen.type("s");
    await asked(screen, "Stop db?");
    screen.type("y");
    await untilRow(screen, "db", /idle/);
    expect(rowOf(screen, "api")).toContain("ready");
  });

  it.concurrent("are restarted alone, or with what needs them", async () => {
    await using dashboard = await openDashboard({ services });
    const { screen, project } = dashboard;
    const count = (name: string): number => runs(project.read(`.launch/logs/${name}.log`));
    screen.type("r");
    await asked(screen, "Restart db?");
    screen.type("y");
    await until("the second run of db", () => count("db") === 2);
    await untilRow(screen, "db", /ready/);
    expect(count("api")).toBe(1);
    screen.type("R");
    await asked(screen, "Restart 2 services?");
    screen.type("y");
    await until("new runs of both", () => count("db") === 3 && count("api") === 2);
    await untilRow(screen, "api", /ready/);
  });

  it.concurrent("get signals, the deadly ones after a yes", async () => {
    const command = "trap 'echo reloaded' HUP; echo up; while :; do sleep 0.02; done";
    await using dashboard = await openDashboard({
      services: { app: { command, ready: { log: "up" }, restart: "no" } },
    });
    const { screen } = dashboard;
    screen.type("x");
    await asked(screen, "Signal for app");
    screen.type("1");
    await screen.until("reloaded");
    await screen.until("SIGHUP sent to app");
    screen.type("x");
    await asked(screen, "Signal for app");
    screen.type("4");
    await asked(screen, "Send SIGKILL to app?");
    screen.type("n");
    await screen.untilGone("Send SIGKILL");
    expect(rowOf(screen, "app")).toContain("ready");
    screen.type("x");
    await asked(screen, "Signal for app");
    screen.type("4");
    await asked(screen, "Send SIGKILL to app?");
    screen.type("y");
    await untilRow(screen, "app", /failed .*SIGKILL/);
  });

  it.concurrent("that were not asked for are there to be started", async () => {
    await using dashboard = await openDashboard({ services }, { args: ["db"] });
    const { screen } = dashboard;
    expect(rowOf(screen, "api")).toContain("idle");
    screen.type("2s");
    await untilRow(screen, "api", /ready/);
  });

  it.concurrent("have their page opened in the browser, and their place in the manifest in the editor", async () => {
    const [port] = await freePorts(1);
    await using dashboard = await openDashboard(
      { services: { web: { command: "serve.js", port } } },
      {
        env: { BROWSER: "./browse", EDITOR: "./vi" },
        files: { browse: '#!/bin/sh\necho "$1" >opened\n', vi: '#!/bin/sh\necho "$@" >edited\n' },
      },
    );
    const { screen, project } = dashboard;
    for (const program of ["browse", "vi"]) chmodSync(project.path(program), 0o755);
    screen.type("o");
    await until("the browser", () => project.has("opened") && project.read("opened") === `http://localhost:${port}\n`);
    screen.type(",");
    await until("the editor", () => project.has("edited") && project.read("edited").endsWith("\n"));
    expect(project.read("edited")).toBe(`+3 ${project.path("services.yaml")}\n`);
    await screen.until(/^ > web +ready/m);
    expect(screen.isAlternate()).toBe(true);
  });
});

describe("a service's own terminal", () => {
  it.concurrent("is joined full-screen, takes what is typed, and is left by Ctrl-]", async () => {
    const program = 'printf "name? "; while read name; do echo "hello $name"; printf "name? "; done';
    await using dashboard = await openDashboard({
      services: { app: { command: program, tty: true }, other: "sleep 1000" },
    });
    const { screen, project } = dashboard;
    screen.type("a");
    await screen.until("attached to app; Ctrl-] leaves");
    expect(screen.isAlternate()).toBe(false);
    screen.type("ann\r");
    await screen.until("hello ann");
    screen.type("\u001d");
    await screen.until(/^ > app +ready/m);
    expect(screen.isAlternate()).toBe(true);
    await screen.until(/hello ann/);
    screen.type("/hello\r");
    await screen.until("1 of 1");
    expect(project.read(".launch/logs/app.log")).toContain("hello ann");
    screen.type(escape);
    await screen.untilGone("1 of 1");
    screen.type("2a");
    await screen.until(/other .*tty: true/);
    expect(screen.isAlternate()).toBe(true);
  });

  it.concurrent("gives the terminal back to the dashboard when the service ends meanwhile", async () => {
    await using dashboard = await openDashboard({
      services: { app: { command: "echo $$ >pid; read line; exit 5", tty: true, restart: "no" } },
    });
    const { screen, project } = dashboard;
    screen.type("a");
    await screen.until("attached to app");
    screen.type("bye\r");
    await untilRow(screen, "app", /failed .*exit code 5/);
    expect(screen.isAlternate()).toBe(true);
    expect(isAlive(Number(project.read("pid")))).toBe(false);
  });
});
