// What is written to a terminal for a picture, and when.

import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { newScreen } from "../../../../src/tui/terminal/screen.ts";
import type { Size, Terminal } from "../../../../src/tui/terminal/tty.ts";

/** A terminal that keeps what it is sent, and is as slow as a test wants. */
function newTerminal(size: Size = { columns: 10, rows: 4 }) {
  const sent: string[] = [];
  const listeners = new Set<(size: Size) => void>();
  let waiting: (() => void)[] = [];
  let isSlow = false;
  const terminal: Terminal = {
    stdin: process.stdin,
    size: () => size,
    get idle() {
      return waiting.length === 0;
    },
    send(text) {
      if (text !== "") sent.push(text);
      if (!isSlow) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    writeNow: () => true,
    onResize(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    setRaw() {},
    [Symbol.dispose]() {},
  };
  return {
    terminal,
    sent,
    stall: () => (isSlow = true),
    recover() {
      isSlow = false;
      const all = waiting;
      waiting = [];
      for (const resolve of all) resolve();
    },
    resize: (to: Size) => listeners.forEach((listener) => listener(to)),
  };
}

/** The row of a picture, as it is written. */
function at(y: number, text: string): string {
  return `\x1b[${y + 1};1H\x1b[0m\x1b[K${text}\x1b[0m`;
}

const picture = (...rows: readonly string[]): string => `\x1b[?2026h${rows.join("")}\x1b[?2026l`;

describe("a picture", () => {
  it("is written at once where it is not empty, on a cleared screen", async () => {
    const { terminal, sent } = newTerminal();
    const screen = newScreen(terminal);
    screen.release();
    screen.firstFrame(["one", "", "three"]);
    expect(sent).toEqual([picture("\x1b[0m\x1b[2J", at(0, "one"), at(2, "three"))]);
    await turn();
    expect(sent).toHaveLength(1);
  });

  it("is not written before the terminal is ours, nor while it is lent", async () => {
    const { terminal, sent } = newTerminal();
    const screen = newScreen(terminal);
    screen.firstFrame(["one"]);
    expect(sent).toEqual([]);
    screen.release();
    await turn();
    expect(sent).toHaveLength(1);
    screen.hold();
    screen.stdout.write("two");
    await turn();
    expect(sent).toHaveLength(1);
    screen.release();
    await turn();
    expect(sent.at(-1)).toBe(picture("\x1b[0m\x1b[2J", at(0, "two")));
  });

  it("has only the rows that changed, and is none when nothing did", async () => {
    const { terminal, sent } = newTerminal();
    const screen = newScreen(terminal);
    screen.release();
    screen.firstFrame(["one", "two"]);
    screen.stdout.write("one\nTWO");
    await turn();
    expect(sent.at(-1)).toBe(picture(at(1, "TWO")));
    screen.stdout.write("one\nTWO");
    await turn();
    expect(sent).toHaveLength(2);
    expect(screen.figures).toEqual({ frames: 2, bytes: sent.join("").length });
  });

  it("is one for all that changes in a turn", async () => {
    const { terminal, sent } = newTerminal();
    const screen = newScreen(terminal);
    screen.release();
    for (const text of ["a", "b", "c"]) screen.stdout.write(text);
    await turn();
    expect(sent).toEqual([picture("\x1b[0m\x1b[2J", at(0, "c"))]);
  });

  it("has no row wider than the terminal and no more rows than it", async () => {
    const { terminal, sent } = newTerminal({ columns: 4, rows: 1 });
    const screen = newScreen(terminal);
    screen.release();
    screen.firstFrame(["日本語", "below"]);
    expect(sent).toEqual([picture("\x1b[0m\x1b[2J", at(0, "日本"))]);
  });

  it("has the rows of regions between those of the chrome", async () => {
    const { terminal, sent } = newTerminal();
    const screen = newScreen(terminal);
    screen.release();
    screen.firstFrame(["top", "end", "", "last"]);
    screen.showRegions(() => [{ top: 1, height: 2, rows: ["log", "", "too many"] }]);
    await turn();
    expect(sent.at(-1)).toBe(picture(at(1, "log"), at(3, "end")));
  });

  it("goes to the latest when the terminal is slow, one at a time", async () => {
    const { terminal, sent, stall, recover } = newTerminal();
    const screen = newScreen(terminal);
    screen.release();
    screen.firstFrame(["1"]);
    stall();
    for (const text of ["2", "3", "4", "5"]) {
      screen.stdout.write(text);
      await turn();
    }
    expect(sent).toHaveLength(2);
    recover();
    await turn();
    expect(sent.slice(1)).toEqual([picture(at(0, "2")), picture(at(0, "5"))]);
  });

  it("waits for a terminal that is still busy with something else", async () => {
    const { terminal, sent, stall, recover } = newTerminal();
    const screen = newScreen(terminal);
    stall();
    void terminal.send("modes");
    screen.release();
    await turn();
    screen.firstFrame(["one"]);
    expect(sent).toEqual(["modes"]);
    recover();
    await turn();
    expect(sent.at(-1)).toContain("one");
  });

  it("comes at most every 50 ms when only the region's rows run", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { terminal, sent } = newTerminal();
    using screen = newScreen(terminal);
    let line = 0;
    screen.release();
    screen.showRegions(() => [{ top: 0, height: 1, rows: [`line ${line}`] }]);
    const times: number[] = [];
    for (let at = 1; at <= 120; at++) {
      line++;
      screen.touch();
      const before = sent.length;
      await vi.advanceTimersByTimeAsync(1);
      if (sent.length > before) times.push(at);
    }
    // The first is painted at the end of the turn.
    expect(times).toEqual([1, 50, 100]);
    screen.paint();
    expect(sent).toHaveLength(4);
  });

  it("has a control sequence before it when one is sent, and then not again", async () => {
    const { terminal, sent } = newTerminal();
    const screen = newScreen(terminal);
    screen.release();
    screen.firstFrame(["1"]);
    screen.send("\x1b]52;c;YQ==\x07");
    await turn();
    screen.stdout.write("2");
    await turn();
    expect(sent.slice(1)).toEqual(["\x1b]52;c;YQ==\x07", picture(at(0, "2"))]);
  });
});

describe("the terminal's size", () => {
  it("is told to Ink, and everything is painted for it", async () => {
    const { terminal, sent, resize } = newTerminal();
    const screen = newScreen(terminal);
    screen.release();
    screen.firstFrame(["one"]);
    const seen: string[] = [];
    screen.onResize(({ columns }) => seen.push(`listener ${columns}`));
    screen.stdout.on("resize", () => seen.push(`ink ${screen.stdout.columns}x${screen.stdout.rows}`));
    resize({ columns: 2, rows: 2 });
    await turn();
    expect(seen).toEqual(["listener 2", "ink 2x2"]);
    expect(sent.at(-1)).toBe(picture("\x1b[0m\x1b[2J", at(0, "on")));
  });

  it("is taken for 80 by 24 while unknown, and for the last one when it gets lost", () => {
    const { terminal, resize } = newTerminal({ columns: 0, rows: 0 });
    const screen = newScreen(terminal);
    expect(screen.size()).toEqual({ columns: 80, rows: 24 });
    resize({ columns: 50, rows: 10 });
    resize({ columns: 0, rows: 0 });
    expect(screen.size()).toEqual({ columns: 50, rows: 10 });
  });
});

it("takes nothing for a frame that Ink says to a terminal", async () => {
  const { terminal, sent } = newTerminal();
  const screen = newScreen(terminal);
  screen.release();
  screen.firstFrame(["one"]);
  for (const said of ["\x1b[?25h", "\x1b[?2004h", "\x1b[?1049h\x1b[?25l", "\n"]) screen.stdout.write(said);
  await new Promise<void>((resolve) => screen.stdout.write("", () => resolve()));
  await turn();
  expect(sent).toHaveLength(1);
});
