// Where there are plain lines instead of the dashboard, and what a person's own settings change.

import { describe, expect, it } from "vitest";
import { ctrlC, openDashboard, startDashboard } from "./dashboard.ts";

const services = { app: "echo it runs; exec sleep 1000" };
const settings = ".config/launch/config.yaml";

describe("plain lines", () => {
  it.concurrent.each([
    ["--plain", { args: ["--plain"] }],
    ["a dumb terminal", { env: { TERM: "dumb" } }],
    ["CI", { env: { CI: "true" } }],
    ["--screen-reader", { args: ["--screen-reader"] }],
    ["LAUNCH_SCREEN_READER", { env: { LAUNCH_SCREEN_READER: "1" } }],
    ["the settings", { files: { [settings]: "plain: true\n" } }],
    ["a screen reader in the settings", { files: { [settings]: "screen_reader: true\n" } }],
  ])("are printed with %s", async (_, scene) => {
    await using dashboard = startDashboard({ services }, scene);
    const { screen } = dashboard;
    await screen.until(/app +\| it runs/);
    await screen.until("all up");
    screen.type(ctrlC);
    expect(await screen.ended).toEqual({ code: 0, signal: 0 });
    expect(screen.raw()).not.toMatch(/\u001b\[\?/);
    expect(screen.screen()).toMatch(/ended after/);
  });
});

describe("a person's own settings", () => {
  it.concurrent("give actions other keys, which footer and help know", async () => {
    const text = "keys:\n  search: F\n  quit: [Q, ctrl-t]\n";
    await using dashboard = await openDashboard({ services }, { files: { [settings]: text } });
    const { screen } = dashboard;
    expect(screen.screen()).toMatch(/F search .* Q quit/);
    await screen.until("it runs");
    screen.type("/");
    screen.type("Fruns\r");
    await screen.until("1 of 1");
    screen.type("?");
    await screen.until(/F +search/);
    screen.type("\u0014");
    await screen.until("Quit?");
  });

  it.concurrent("turn the mouse off and other characters too", async () => {
    await using dashboard = await openDashboard({ services }, { files: { [settings]: "mouse: false\nascii: true\n" } });
    expect(dashboard.screen.raw()).not.toContain("\u001b[?1000h");
    expect(dashboard.screen.screen()).toMatch(/^[\u0000-\u007e]*$/);
  });

  it.concurrent("end everything with 2 before it starts when they are wrong, each fault with its place", async () => {
    const text = "keys:\n  serch: F\n  quit: nokey-\nmous: false\n";
    await using dashboard = startDashboard({ services: { app: "touch started" } }, { files: { [settings]: text } });
    const { screen, project } = dashboard;
    expect(await screen.ended).toEqual({ code: 2, signal: 0 });
    for (const place of ["2:3", "3:9", "4:1"]) expect(screen.screen()).toContain(`config.yaml:${place}`);
    expect(screen.screen()).toContain('"search"');
    expect(screen.raw()).not.toContain("\u001b[?1049h");
    expect(project.has("started")).toBe(false);
  });
});
