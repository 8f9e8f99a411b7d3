// The terminal parts in a real pseudo-terminal: what is seen, what is typed, and how the terminal is left.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newProject } from "../../helpers/project.ts";
import { startInScreen, tuiFixture, type Surroundings, type TestScreen } from "../../helpers/screen.ts";
import { until } from "../../helpers/wait.ts";

const environment = { PATH: process.env["PATH"] ?? "", NODE_ENV: "production" };

/** A shell in a terminal that has said something before it runs the program, and says something after it. */
function startPicture(around: Surroundings = {}): TestScreen {
  const shell = 'echo before; "$@"; echo "after $?"';
  return startInScreen(["/bin/sh", "-c", shell, "sh", process.execPath, tuiFixture("picture.ts")], {
    columns: 60,
    rows: 12,
    ...around,
    env: { ...environment, ...around.env },
  });
}

/** What must be true of a terminal that has been given back. */
async function expectGivenBack(screen: TestScreen): Promise<void> {
  await screen.until(/after \d+/);
  expect(screen.isAlternate()).toBe(false);
  expect(screen.isCursorShown()).toBe(true);
  expect(screen.row(0)).toBe("before");
  // Whatever was set last of these is off.
  for (const mode of ["1000", "1002", "1006", "2004"]) {
    expect([...screen.raw().matchAll(new RegExp(`\\x1b\\[\\?${mode}([hl])`, "g"))].at(-1)?.[1]).toBe("l");
  }
  expect([...screen.raw().matchAll(/\x1b\[\?7([hl])/g)].at(-1)?.[1]).toBe("h");
}

describe("the picture", () => {
  it("shows chrome and region in their places, wide characters and long rows among them", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    expect(screen.isAlternate()).toBe(true);
    expect(screen.isCursorShown()).toBe(false);
    expect(screen.row(3)).toContain("family");
    expect(screen.row(4)).toBe("東京 red end");
    expect(screen.cell(5, 4).foreground).toBe(1);
    expect(screen.cell(9, 4).foreground).toBeUndefined();
    expect(screen.row(5)).toBe(`long ${"x".repeat(55)}`);
    expect(screen.row(7)).toBe("line 0");
    expect(screen.row(11)).toBe("the last row");
  });

  it("follows the terminal's size", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    for (const [columns, rows] of [
      [50, 14],
      [70, 10],
      [20, 5],
      [120, 40],
    ] as const) {
      screen.resize(columns, rows);
      await screen.until(`size ${columns}x${rows}`.slice(0, columns));
      await until("the last row at the bottom", () => screen.row(rows - 1) === "the last row", screen.screen);
    }
    expect(screen.row(5)).toBe(`long ${"x".repeat(115)}`);
    expect(screen.screen().match(/the last row/g)).toHaveLength(1);
  });

  it("takes 80 by 24 for a terminal that does not know its size, until it does", async () => {
    await using screen = startPicture({ columns: 80, rows: 24, unsized: true });
    await screen.until("size 80x24 reported 0x0");
    screen.resize(70, 20);
    await screen.until("size 70x20 reported 70x20");
  });

  it("outlives a terminal that says it is nothing while it is being laid out", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.resize(0, 0);
    await screen.until("reported 0x0");
    expect(screen.row(11)).toBe("the last row");
  });

  it("sends what is copied beside the picture", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.type("c");
    await until("the sequence", () => screen.raw().includes("\x1b]52;c;aGVsbG8=\x07"));
  });
});

describe("keys and mouse", () => {
  it("come one by one, as fast as they are held", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.type("jjjj");
    await screen.until("[j][j][j][j]");
    screen.type("\x1b[A");
    screen.type("é東");
    await screen.until("[upArrow][é][東]");
  });

  it("tell Esc, Alt with a key, and Esc before the mouse apart", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.type("\x1b");
    await screen.until("typed [escape]");
    screen.type("\x1bx");
    await screen.until("typed [escape][alt x]");
    screen.type("\x1b[");
    await screen.until("typed [escape][alt x][alt []");
    screen.type("\x1b\x1b[<0;5;3M");
    await screen.until("mouse press left at 4,2");
    await screen.until("[alt [][escape]");
  });

  it("are never typed text when they come from the mouse", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.mouse({ kind: "press", x: 10, y: 4 });
    await screen.until("mouse press left at 10,4");
    screen.mouse({ kind: "drag", x: 11, y: 6 });
    await screen.until("mouse drag left at 11,6");
    screen.mouse({ kind: "release", x: 11, y: 6 });
    await screen.until("mouse release left at 11,6");
    screen.mouse({ kind: "down", x: 0, y: 0 });
    await screen.until("mouse wheel down at 0,0");
    screen.type("z");
    await screen.until("typed [z]");
  });

  it("are one text when pasted", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.type("\x1b[200~two\nlines q\x1b[201~");
    await screen.until('pasted "two\\nlines q"');
  });

  it("leave the mouse to the terminal when told so", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.type("m");
    await until("the mouse's modes to go", () => screen.raw().includes("\x1b[?1006l"));
  });
});

describe("giving the terminal back", () => {
  it("is done when the program exits", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.type("q");
    await expectGivenBack(screen);
    expect(screen.row(1)).toBe("after 0");
  });

  it.each([
    ["throws", "t", "thrown on purpose"],
    ["leaves a promise rejected", "u", "rejected on purpose"],
  ])("is done when the program %s, and the error is seen", async (_, key, words) => {
    await using screen = startPicture({ rows: 40, columns: 120 });
    await screen.until("size 120x40");
    screen.type(key);
    await expectGivenBack(screen);
    expect(screen.screen()).toContain(words);
    expect(screen.screen()).toMatch(/after [1-9]/);
  });

  it("is done by SIGTERM's owner, in the middle of running rows", async () => {
    await using project = newProject({ services: {} });
    const beat = project.path("beat");
    await using screen = startPicture({ env: { BEAT: beat } });
    await screen.until("size 60x12");
    screen.type("f");
    await screen.until(/line [1-9]/);
    process.kill(childOf(screen.pid), "SIGTERM");
    await expectGivenBack(screen);
    expect(screen.screen()).toContain("after 143");
  });

  it("is done for a while for another program, which gets the keys, and then everything is painted again", async () => {
    await using screen = startPicture();
    await screen.until("size 60x12");
    screen.type("e");
    await screen.until("who are you");
    expect(screen.isAlternate()).toBe(false);
    expect(screen.isCursorShown()).toBe(true);
    screen.type("ann\r");
    await screen.until("hello ann");
    screen.type("\r");
    await screen.until("the last row");
    expect(screen.isAlternate()).toBe(true);
    expect(screen.row(4)).toBe("東京 red end");
    screen.type("jq");
    await expectGivenBack(screen);
    expect(screen.screen()).toContain("hello ann");
  });
});

describe("a terminal that does not read", () => {
  it("holds nothing up, and shows the latest picture when it reads again", async () => {
    await using project = newProject({ services: {} });
    const beat = project.path("beat");
    await using screen = startPicture({ columns: 120, rows: 40, env: { BEAT: beat } });
    await screen.until("size 120x40");
    screen.type("f");
    await screen.until(/line [1-9]/);
    const pid = childOf(screen.pid);
    const told = async (): Promise<{ longest: number; frames: number }> => {
      const before = project.has("beat") ? project.read("beat") : "";
      process.kill(pid, "SIGUSR2");
      await until(
        "what the program tells",
        () => project.has("beat") && project.read("beat") !== before && isWhole(beat),
      );
      return JSON.parse(project.read("beat")) as { longest: number; frames: number };
    };
    screen.pause();
    const before = await told();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const after = await told();
    expect(after.longest).toBeLessThan(Math.max(500, before.longest + 300));
    // What fits into the terminal's own buffer, and no more.
    expect(after.frames - before.frames).toBeLessThan(30);
    const seen = Number(/line (\d+)/.exec(screen.screen())?.[1]);
    screen.resume();
    await until("rows of now", () => Number(/line (\d+)/.exec(screen.screen())?.[1]) > seen + 100, screen.screen);
    const [, line, green] = /line (\d+)\n *green (\d+)/.exec(screen.screen()) ?? [];
    expect(line).toBe(green);
  });

  it("is given back without waiting for it", async () => {
    await using screen = startPicture({ columns: 120, rows: 40 });
    await screen.until("size 120x40");
    const pid = childOf(screen.pid);
    screen.type("f");
    await screen.until(/line [1-9]/);
    screen.pause();
    await new Promise((resolve) => setTimeout(resolve, 500));
    process.kill(pid, "SIGTERM");
    await until("the end of the program", () => !isAlive(pid));
    screen.resume();
    await screen.until("after 143");
  });
});

function childOf(shell: number): number {
  return Number(readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim().split(" ")[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isWhole(file: string): boolean {
  return readFileSync(file, "utf8").endsWith("}");
}
