// The dashboard from the first picture to everything being up, or not.

import { describe, expect, it } from "vitest";
import { freePorts } from "../../integration/ports/strangers.ts";
import { ctrlC, openDashboard, rowOf, startDashboard, untilRow } from "./dashboard.ts";

const gated = "until test -e gate; do sleep 0.02; done";

describe("the start", () => {
  it.concurrent("shows what each service waits for, and sums up how long it took and on what", async () => {
    const [port] = await freePorts(1);
    await using dashboard = startDashboard({
      name: "shop",
      services: {
        migrate: { type: "task", command: gated },
        api: { command: "serve.js", port, depends_on: { migrate: "completed" } },
        web: { command: "sleep 1000", depends_on: ["api"] },
      },
    });
    const { screen, project } = dashboard;
    await untilRow(screen, "migrate", /running/);
    expect(rowOf(screen, "api")).toMatch(/waiting .*migrate/);
    expect(rowOf(screen, "web")).toMatch(/waiting .*api/);
    expect(screen.row(0)).toMatch(/^ launch {2}shop {3}3 services {2}1 running {2}2 waiting .*\d\d:\d\d:\d\d$/);
    expect(screen.row(1)).toMatch(/SERVICE +STATE +PORT +HEALTH +RESTARTS +CPU +MEM +UPTIME/);
    project.write("gate", "");
    await screen.until(/all up after \d.*: migrate → api → web took \d/);
    expect(rowOf(screen, "migrate")).toMatch(/completed/);
    expect(await untilRow(screen, "api", /ready .*\d+M/)).toMatch(new RegExp(`ready +${port} `));
    await screen.until(/3 services {2}3 ok .*cpu \d.*mem \d/);
    expect(screen.isAlternate()).toBe(true);
  });

  it.concurrent("says which services have failed and why, and goes on with the others", async () => {
    await using dashboard = startDashboard({
      services: {
        bad: { command: "echo no luck; exit 7", restart: "no" },
        user: { command: "sleep 1000", depends_on: ["bad"] },
        good: "sleep 1000",
      },
    });
    const { screen } = dashboard;
    await untilRow(screen, "bad", /failed +.*exit code 7: no luck/);
    expect(rowOf(screen, "user")).toMatch(/waiting .*bad/);
    await screen.until("1 of 3 up after");
    await untilRow(screen, "good", /ready/);
    screen.type(ctrlC);
    expect(await screen.ended).toEqual({ code: 1, signal: 0 });
    expect(screen.screen()).toMatch(/ended after .*bad failed: ended with exit code 7/);
  });

  it.concurrent("shows a service that ends again and again with its next try and how often it was restarted", async () => {
    await using dashboard = startDashboard({
      services: { flaky: { command: "crash.js 2", restart: { policy: "on-failure", delay: "300ms" } } },
    });
    const { screen } = dashboard;
    await untilRow(screen, "flaky", /crashing/);
    await untilRow(screen, "flaky", /crashing +exit code 3, 2 times, ready for .* 2 /);
    await screen.until("lives after 2 crashes");
    await screen.until(
      /crash 1\n ── ended with exit code 3 · run 2 ──\n.*crash 2\n ── ended with exit code 3 · run 3 ──\n.*lives/,
    );
  });

  it.concurrent.each([
    ["0 after a task is done", "echo done", 0, /ended after/],
    ["1 after a task has failed", "exit 4", 1, /ended after .*task failed: ended with exit code 4/],
  ])("stays when nothing is left to run, and is left without a question, with %s", async (_, command, code, words) => {
    await using dashboard = startDashboard({ services: { task: { type: "task", command } } });
    const { screen } = dashboard;
    await screen.until(/of 1 up after|all up after/);
    screen.type("q");
    expect(await screen.ended).toEqual({ code, signal: 0 });
    expect(screen.isAlternate()).toBe(false);
    expect(screen.screen()).toMatch(words);
  });

  it.concurrent("ends with 2 and the place when the manifest is wrong, on the terminal as it was", async () => {
    await using dashboard = startDashboard("services:\n  api:\n    comand: serve.js\n");
    expect(await dashboard.screen.ended).toEqual({ code: 2, signal: 0 });
    expect(dashboard.screen.isAlternate()).toBe(false);
    expect(dashboard.screen.isCursorShown()).toBe(true);
    expect(dashboard.screen.screen()).toContain("services.yaml:3:5");
    expect(dashboard.screen.screen()).toContain("command");
  });

  it.concurrent("has more services than rows for them, and says how many are not shown", async () => {
    const services = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`s${index}`, "sleep 1000"]));
    await using dashboard = await openDashboard({ services }, { columns: 80, rows: 24 });
    const { screen } = dashboard;
    await screen.until("7 below");
    screen.type("9");
    await screen.until(/^ > s8 /m);
    expect(screen.screen()).not.toMatch(/^ {3}s0 /m);
  });

  it.concurrent("keeps what is worth knowing about the manifest in the journal", async () => {
    await using dashboard = await openDashboard({ services: { api: { command: ["sleep", "1000${NOT_SET}"] } } });
    const { screen } = dashboard;
    screen.type("J");
    await screen.until(/launch +services\.yaml:\d+:\d+ NOT_SET is not set and becomes empty/);
  });
});
