// Getting text out: by the terminal's clipboard, to a file, into an editor, and as plain lines on the usual screen.

import { appendFileSync, chmodSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { until } from "../../helpers/wait.ts";
import { type Dashboard, escape, clipboardOf, openDashboard, printing, servicesIn } from "./dashboard.ts";

const lines = ["first", "second 東京", "third ERROR", "fourth", "fifth"];

async function openLines(env: Readonly<Record<string, string>> = {}): Promise<Dashboard> {
  const { services, files } = printing(lines);
  const dashboard = await openDashboard({ services: { ...services } }, { columns: 100, rows: 24, files, env });
  await dashboard.screen.until("fifth");
  return dashboard;
}

/** A program of the project's own. */
function addProgram({ project }: Dashboard, name: string, script: string): void {
  project.write(name, `#!/bin/sh\n${script}\n`);
  chmodSync(project.path(name), 0o755);
}

describe("copying", () => {
  it.concurrent("takes what is visible, the matching line, or chosen lines, and says what it has taken", async () => {
    await using dashboard = await openLines();
    const { screen } = dashboard;
    screen.type("y");
    await screen.until(/5 lines sent to/);
    expect(clipboardOf(screen)).toBe(lines.join("\n"));
    screen.type("/second\r");
    await screen.until("1 of 1");
    screen.type("y");
    await screen.until(/the matching line sent to/);
    expect(clipboardOf(screen)).toBe("second 東京");
    screen.type(escape);
    await screen.untilGone("1 of 1");
    screen.type("v");
    await screen.until("1 selected");
    screen.type("k");
    await screen.until("2 selected");
    expect(screen.screen()).toMatch(/^>.*fourth\n>.*fifth/m);
    screen.type("y");
    await screen.until(/2 lines sent to/);
    expect(clipboardOf(screen)).toBe("fourth\nfifth");
    await screen.untilGone("2 selected");
  });

  it.concurrent("takes the lines of a drag when the button is let go, and hints at the terminal's own way once", async () => {
    await using dashboard = await openLines();
    const { screen } = dashboard;
    const y = screen
      .screen()
      .split("\n")
      .findIndex((row) => row.includes("second"));
    screen.mouse({ kind: "press", x: 20, y });
    screen.mouse({ kind: "drag", x: 22, y: y + 2 });
    await screen.until("3 selected");
    screen.mouse({ kind: "release", x: 22, y: y + 2 });
    await screen.until("Shift-drag");
    expect(clipboardOf(screen)).toBe("second 東京\nthird ERROR\nfourth");
  });

  it.concurrent("saves the view to a new file, never over another one", async () => {
    await using dashboard = await openLines();
    const { screen, project } = dashboard;
    screen.type("S");
    await screen.until(/saved 5 lines as .*\.launch\/saved\/app\.log/);
    expect(project.read(".launch/saved/app.log")).toBe(`${lines.join("\n")}\n`);
    screen.type("ferror\r");
    await screen.until("filter error");
    screen.type("S");
    await screen.until(/saved 1 line as .*\.launch\/saved\/app-2\.log/);
    expect(project.read(".launch/saved/app-2.log")).toBe("third ERROR\n");
    expect(readdirSync(project.directory)).not.toContain("app.log");
  });

  it.concurrent("opens the log in the editor at the line that is looked at, and comes back", async () => {
    await using dashboard = await openLines({ EDITOR: "./vi -n" });
    const { screen, project } = dashboard;
    addProgram(dashboard, "vi", 'echo "editing $*"; read answer; echo "$answer" >answered');
    screen.type("/third\r");
    await screen.until("1 of 1");
    screen.type("e");
    await screen.until(`editing -n +3 ${project.path(".launch/logs/app.log")}`);
    expect(screen.isAlternate()).toBe(false);
    expect(screen.isCursorShown()).toBe(true);
    screen.type("done\r");
    await screen.until(/^ > app +ready/m);
    expect(screen.isAlternate()).toBe(true);
    expect(project.read("answered")).toBe("done\n");
    screen.type("?");
    await screen.until("[ help ]");
  });

  it.concurrent("says what is wrong when there is no such editor", async () => {
    await using dashboard = await openLines({ EDITOR: "no-such-editor" });
    dashboard.screen.type("e");
    await dashboard.screen.until("EDITOR is no-such-editor, which cannot be found");
    expect(dashboard.screen.isAlternate()).toBe(true);
  });

  it.concurrent("streams plain lines on the usual screen until a key, with what is written meanwhile", async () => {
    await using dashboard = await openLines();
    const { screen, project } = dashboard;
    screen.type("l");
    await screen.until(/The log of app; any key[^]*first\nsecond 東京\n[^]*fifth/);
    expect(screen.isAlternate()).toBe(false);
    const log = ".launch/logs/app.log";
    appendFileSync(project.path(log), "sixth\n");
    await screen.until("fifth\nsixth");
    screen.type("x");
    await screen.until("SERVICE");
    expect(screen.isAlternate()).toBe(true);
    // The key that led back was for nothing else.
    expect(screen.screen()).not.toContain("Signal");
    screen.type("fERR\r");
    await screen.until("filter ERR");
    screen.type("l");
    await screen.untilGone("SERVICE");
    await until("the line alone", () => /third ERROR\n*$/.test(screen.screen()), screen.screen);
    screen.type(" ");
    await screen.until("SERVICE");
  });

  it.concurrent("ends everything by Ctrl-C in the plain lines as well", async () => {
    await using dashboard = await openLines();
    dashboard.screen.type("l");
    await dashboard.screen.until("any key");
    dashboard.screen.type("\u0003");
    expect((await dashboard.screen.ended).code).toBe(0);
    expect(servicesIn(dashboard.project)).toEqual([]);
  });
});
