// The dashboard in terminals of every size, and under the mouse.

import { describe, expect, it } from "vitest";
import { until } from "../../helpers/wait.ts";
import { openDashboard, printing, rowOf, untilRow } from "./dashboard.ts";

const numbered = Array.from({ length: 100 }, (_, index) => `line ${index + 1} here`);

async function openTwo(): ReturnType<typeof openDashboard> {
  const { services, files } = printing(numbered);
  const dashboard = await openDashboard(
    { name: "shop", services: { ...services, db: { command: "echo db runs; exec sleep 1000", depends_on: ["app"] } } },
    { files },
  );
  await dashboard.screen.until("line 100 here");
  return dashboard;
}

describe("a terminal's size", () => {
  it.concurrent("decides what is shown, down to one line and nothing, and back", async () => {
    await using dashboard = await openTwo();
    const { screen } = dashboard;
    expect(screen.row(1)).toContain("MEM");
    screen.resize(80, 24);
    await until("80x24", () => screen.row(23).includes("q quit") && !screen.row(1).includes("MEM"), screen.screen);
    expect(screen.row(0)).toMatch(/^ shop {2}2 ok .*\d\d:\d\d$/);
    expect(screen.screen()).toContain("line 100 here");
    screen.resize(50, 20);
    await until(
      "one pane",
      () => screen.row(19).includes("q quit") && !screen.screen().includes("line"),
      screen.screen,
    );
    expect(rowOf(screen, "db")).toMatch(/ready/);
    screen.type("\t");
    await screen.until("line 100 here");
    expect(screen.screen()).not.toContain("SERVICE");
    screen.resize(30, 8);
    await screen.until("too small");
    expect(screen.screen().trim().split("\n")).toHaveLength(1);
    screen.resize(0, 0);
    screen.resize(120, 40);
    await until("all of it", () => screen.row(39).includes("q quit"), screen.screen);
    await screen.until("line 100 here");
    expect(screen.row(1)).toContain("MEM");
    expect(screen.screen().match(/SERVICE/g)).toHaveLength(1);
  });

  it.concurrent("of 0 by 0 at the start is taken for 80 by 24", async () => {
    await using dashboard = await openDashboard(
      { services: { app: "sleep 1000" } },
      { columns: 80, rows: 24, unsized: true },
    );
    expect(dashboard.screen.row(23)).toContain("q quit");
  });
});

describe("the mouse", () => {
  it.concurrent("selects rows and tabs, and presses what the footer offers", async () => {
    await using dashboard = await openTwo();
    const { screen } = dashboard;
    screen.click(5, 3);
    await screen.until("db runs");
    expect(rowOf(screen, "db")).toMatch(/^ >/);
    screen.click(screen.row(4).indexOf("all"), 4);
    await screen.until("[ all ]");
    await screen.until(/app +line 100 here/);
    screen.click(screen.row(39).indexOf("? help"), 39);
    await screen.until("[ help ]");
  });

  it.concurrent("scrolls by its wheel whatever is under it", async () => {
    await using dashboard = await openTwo();
    const { screen } = dashboard;
    screen.mouse({ kind: "up", x: 20, y: 20 });
    await screen.untilGone("line 100 here");
    await screen.until("line 97 here");
    expect(rowOf(screen, "app")).toMatch(/^ >/);
    screen.mouse({ kind: "down", x: 20, y: 20 });
    await screen.until("line 100 here");
    await screen.until(/follow ─/);
    screen.mouse({ kind: "down", x: 20, y: 2 });
    await untilRow(screen, "db", /^ >/);
  });

  it.concurrent("is left to the terminal by Alt-m, and from the beginning when the person's settings say so", async () => {
    await using dashboard = await openTwo();
    const { screen } = dashboard;
    const isOurs = (): boolean => /\u001b\[\?1000([hl])(?![^]*\u001b\[\?1000[hl])/.exec(screen.raw())?.[1] === "h";
    expect(isOurs()).toBe(true);
    screen.type("\u001bm");
    await until("the mouse to be the terminal's", () => !isOurs());
    screen.type("\u001bm");
    await until("the mouse to be ours", isOurs);

    await using without = await openDashboard(
      { services: { app: "sleep 1000" } },
      { files: { ".config/launch/config.yaml": "mouse: false\n" } },
    );
    expect(without.screen.raw()).not.toContain("\u001b[?1000h");
  });
});
