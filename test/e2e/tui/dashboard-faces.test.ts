// One run and its faces: detached, joined, looked at by two, started further by another `launch`.

import { describe, expect, it } from "vitest";
import { launch } from "../../helpers/launch.ts";
import { startScreen, type TestScreen } from "../../helpers/screen.ts";
import { type Dashboard, escape, openDashboard, untilRow, servicesIn } from "./dashboard.ts";

const services = {
  db: "echo db runs; exec sleep 1000",
  api: { command: "echo api runs; exec sleep 1000", depends_on: ["db"] },
};

/** Another terminal in the same project, which ends without the run. */
function startSecond({ project }: Dashboard, args: readonly string[]): TestScreen {
  return startScreen(project, args, { afterwards: async () => {} });
}

describe("a run", () => {
  it.concurrent("goes on without its dashboard, is joined again, and stopped from outside", async () => {
    await using dashboard = await openDashboard({ name: "shop", services });
    const { screen, project } = dashboard;
    screen.type("D");
    expect(await screen.ended).toEqual({ code: 0, signal: 0 });
    expect(screen.isAlternate()).toBe(false);
    expect(screen.screen()).toMatch(
      /shop goes on in the background \(pid \d+\): launch attach shows it, launch down stops it/,
    );

    await using second = startSecond(dashboard, ["attach"]);
    await untilRow(second, "api", /ready/);
    await second.until("db runs");
    second.type("J");
    await second.until(/all up after|api +ready after/);
    expect((await launch(project, ["down"])).code).toBe(0);
    expect(await second.ended).toEqual({ code: 0, signal: 0 });
    expect(second.isAlternate()).toBe(false);
    expect(servicesIn(project)).toEqual([]);
  });

  it.concurrent("is left by those who joined it, by Ctrl-C and by a closed terminal too", async () => {
    await using dashboard = await openDashboard({ name: "shop", services });
    const { screen } = dashboard;
    {
      await using second = startSecond(dashboard, ["attach"]);
      await untilRow(second, "api", /ready/);
      second.type("\u0003");
      expect(await second.ended).toEqual({ code: 0, signal: 0 });
      expect(second.screen()).toContain("shop goes on");
    }
    {
      await using third = startSecond(dashboard, ["attach"]);
      await untilRow(third, "api", /ready/);
    }
    screen.type("r");
    await screen.until("Restart db?");
    await untilRow(screen, "api", /ready/);
  });

  it.concurrent("shows in every dashboard what was done in one of them", async () => {
    await using dashboard = await openDashboard({ services });
    await using second = startSecond(dashboard, ["attach"]);
    await untilRow(second, "api", /ready/);
    second.type("2s");
    await untilRow(dashboard.screen, "api", /idle/);
    dashboard.screen.type("2s");
    await untilRow(second, "api", /ready/);
  });

  it.concurrent("ends for every dashboard when its owner ends it", async () => {
    await using dashboard = await openDashboard({ services });
    await using second = startSecond(dashboard, ["attach"]);
    await untilRow(second, "api", /ready/);
    dashboard.screen.type("\u0003");
    expect((await dashboard.screen.ended).code).toBe(0);
    expect(await second.ended).toEqual({ code: 0, signal: 0 });
    expect(second.isAlternate()).toBe(false);
    expect(second.screen()).toContain("ended after");
  });

  it.concurrent("gets what is missing in it from another `launch`, which joins it", async () => {
    await using dashboard = await openDashboard({ services }, { args: ["db"] });
    await untilRow(dashboard.screen, "api", /idle/);
    await using second = startSecond(dashboard, []);
    await untilRow(second, "api", /ready/);
    await untilRow(dashboard.screen, "api", /ready/);
    second.type(escape);
    await second.until("? help");
    expect((await launch(dashboard.project, ["status"])).stdout).toMatch(/api +ready/);
  });

  it.concurrent("has nobody to attach to when it has ended", async () => {
    await using dashboard = await openDashboard({ services });
    dashboard.screen.type("\u0003");
    await dashboard.screen.ended;
    await using second = startSecond(dashboard, ["attach"]);
    expect((await second.ended).code).toBe(4);
    expect(second.raw()).not.toContain("\u001b[?1049h");
  });
});
