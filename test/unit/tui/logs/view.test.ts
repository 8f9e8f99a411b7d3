import { describe, expect, it } from "vitest";
import {
  goHome,
  goToEnd,
  newLines,
  resize,
  scrollPages,
  scrollRows,
  toggleFollow,
} from "../../../../src/tui/logs/move.ts";
import type { Pane } from "../../../../src/tui/logs/pane.ts";
import { statusOf } from "../../../../src/tui/logs/rows.ts";
import { addMark, newView, setFilter, toggleClear, toggleWrap } from "../../../../src/tui/logs/view.ts";
import { newScene, numbered, pane, screen, settled } from "./scene.ts";

describe("a log pane", () => {
  it("follows what is written, until one scrolls up", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 10));
    let view = newView(logs.of("api"));
    expect(screen(view)).toEqual([" line 6", " line 7", " line 8", " line 9"]);
    view = scrollRows(view, pane, -2);
    write("api", numbered(10, 138));
    expect(screen(view)).toEqual([" line 4", " line 5", " line 6", " line 7"]);
    expect(newLines(view)).toBe(128);
    expect(newLines(scrollRows(view, pane, -1))).toBe(128);
    expect(statusOf(view)).toMatchObject({ following: false, newLines: 128, lines: 138 });
  });

  it("follows again once it is at the end", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 10));
    let view = scrollPages(newView(logs.of("api")), pane, -1);
    expect(screen(view)[0]).toBe(" line 3");
    view = scrollPages(view, pane, 1);
    expect(view.place).toBe("end");
    expect(goToEnd(scrollRows(view, pane, -1)).place).toBe("end");
  });

  it("stays where it is when everything fits, and can be held there", () => {
    const { logs, write } = newScene();
    write("api", "only\n");
    const view = newView(logs.of("api"));
    expect(scrollRows(view, pane, -1).place).toBe("end");
    const held = toggleFollow(view, pane);
    write("api", numbered(0, 10));
    expect(screen(held)[0]).toBe(" only");
    expect(toggleFollow(held, pane).place).toBe("end");
  });

  it("goes to the start of this run first, and then to what is older", () => {
    const { logs, write } = newScene("old 1\nold 2\n");
    write("api", numbered(0, 10));
    let view = goHome(newView(logs.of("api")), pane);
    expect(screen(view)[0]).toBe(" line 0");
    view = goHome(view, pane);
    expect(screen(view)).toEqual([" old 1", " old 2", " ── this run ──", " line 0"]);
    expect(screen(view, { ...pane, ascii: true })[2]).toBe(" -- this run --");
  });

  it("goes on into what is older when one scrolls up", () => {
    const { logs, write } = newScene("old 1\nold 2\n");
    write("api", numbered(0, 10));
    const view = scrollRows(goHome(newView(logs.of("api")), pane), pane, -2);
    expect(screen(view)).toEqual([" old 2", " ── this run ──", " line 0", " line 1"]);
  });

  it("wraps long lines and scrolls by rows", () => {
    const { logs, write } = newScene();
    const narrow: Pane = { ...pane, width: 6 };
    write("api", "abcdefghijkl\nxyz\n");
    let view = toggleWrap({ ...newView(logs.of("api")), timestamps: false });
    expect(screen(view, narrow)).toEqual([" abcde", " fghij", " kl", " xyz"]);
    write("api", "1\n2\n");
    expect(screen(view, narrow)).toEqual([" kl", " xyz", " 1", " 2"]);
    view = scrollRows(view, narrow, -1);
    expect(screen(view, narrow)).toEqual([" fghij", " kl", " xyz", " 1"]);
  });

  it("keeps what is being read at the top when its size changes", () => {
    const { logs, write } = newScene();
    write("api", `${"0123456789".repeat(6)}\n${numbered(0, 20)}`);
    const wide: Pane = { ...pane, width: 21 };
    const narrow: Pane = { ...pane, width: 11 };
    const bare = { ...newView(logs.of("api")), timestamps: false };
    const view = scrollRows(goHome(toggleWrap(bare), wide), wide, 1);
    expect(view.place).toMatchObject({ top: { line: 0, row: 1 } });
    expect(resize(view, wide, narrow).place).toMatchObject({ top: { line: 0, row: 2 } });
    const unwrapped = scrollRows(bare, pane, -3);
    expect(screen(resize(unwrapped, pane, { ...pane, height: 2 }), { ...pane, height: 2 })[0]).toBe(
      screen(unwrapped)[0],
    );
  });

  it("hides what is above when it is cleared, and shows it again", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 10));
    const cleared = toggleClear(newView(logs.of("api")));
    expect(screen(cleared)).toEqual([]);
    write("api", numbered(10, 12));
    expect(screen(cleared)).toEqual([" line 10", " line 11"]);
    expect(screen(scrollRows(cleared, pane, -9))).toEqual([" line 10", " line 11"]);
    expect(screen(toggleClear(cleared))[0]).toBe(" line 8");
    expect(statusOf(settled(setFilter(cleared, "1", "all"))).lines).toBe(2);
  });

  it("has marks between the lines, also where a filter hides the lines next to them", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 4));
    let view = addMark(newView(logs.of("api")), "mark 12:41:07");
    expect(screen(view)).toEqual([" line 1", " line 2", " line 3", " ── mark 12:41:07 ──"]);
    write("api", numbered(4, 12));
    view = settled(setFilter(view, "/[19]$/", "all"));
    expect(screen(view)).toEqual([" line 1", " ── mark 12:41:07 ──", " line 9", " line 11"]);
    expect(screen(scrollRows(view, { ...pane, height: 2 }, -1), { ...pane, height: 2 })).toEqual([
      " ── mark 12:41:07 ──",
      " line 9",
    ]);
  });

  it("shows the lines that a filter lets through, and keeps up with what is written", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 30));
    let view = settled(setFilter(newView(logs.of("api")), "!1", "all"));
    expect(screen(view)).toEqual([" line 26", " line 27", " line 28", " line 29"]);
    expect(screen(scrollRows(view, pane, -6))).toEqual([" line 9", " line 20", " line 22", " line 23"]);
    write("api", "line 31\nerror: x\n");
    view = settled(view);
    expect(screen(view).at(-1)).toBe(" error: x");
    view = settled(setFilter(view, "!1", "error"));
    expect(screen(view)).toEqual([" error: x"]);
    expect(screen(setFilter(view, "", "all"))[2]).toBe(" line 31");
  });

  it("keeps the filter and says what is wrong when the next one is no pattern", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 30));
    const view = settled(setFilter(newView(logs.of("api")), "29", "all"));
    const wrong = setFilter(view, "/(/", "all");
    expect(wrong.notice).toBe("not a regular expression: Unterminated group");
    expect(screen(wrong)).toEqual([" line 29"]);
    expect(setFilter(wrong, "28", "all").notice).toBeUndefined();
  });

  it("stays at the same lines when a filter comes and goes", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 100));
    const view = scrollRows(newView(logs.of("api")), pane, -50);
    expect(screen(view)[0]).toBe(" line 46");
    const filtered = settled(setFilter(view, "/[05]$/", "all"));
    expect(screen(filtered)).toEqual([" line 50", " line 55", " line 60", " line 65"]);
    expect(screen(setFilter(filtered, "", "all"))[0]).toBe(" line 46");
    const few = settled(setFilter(view, "/ [0-9]$| 99$/", "all"));
    expect(screen(few)).toEqual([" line 7", " line 8", " line 9", " line 99"]);
  });
});
