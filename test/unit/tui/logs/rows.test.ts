import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goHome, scrollRows } from "../../../../src/tui/logs/move.ts";
import type { Pane } from "../../../../src/tui/logs/pane.ts";
import { clockTime, rowsOf } from "../../../../src/tui/logs/rows.ts";
import { setSearch, stepSearch } from "../../../../src/tui/logs/search.ts";
import { copyText, moveSelection, startSelection, visibleLines } from "../../../../src/tui/logs/select.ts";
import { addMark, newView, scrollColumns, toggleTimestamps, toggleWrap } from "../../../../src/tui/logs/view.ts";
import { width } from "../../../../src/tui/text/width.ts";
import { newScene, numbered, pane, screen, settled } from "./scene.ts";

const at = new Date(2026, 10, 21, 12, 41, 2, 114).getTime();
const coloured: Pane = { ...pane, colors: true };

describe("the rows of a log pane", () => {
  it("have the time, the service in its colour and width, and the line with its colours closed", () => {
    const { logs, write } = newScene();
    write("api", "\x1b[31mred\x1b[39m and\n", at);
    write("worker", "\x1b[2Jplain\n", at);
    const closedOnce = (row: string): string => row.replaceAll("\x1b[0m\x1b[0m", "\x1b[0m");
    expect(rowsOf(newView(logs.merged), coloured).rows.map(closedOnce)).toEqual([
      " \x1b[2m12:41:02.114\x1b[0m \x1b[36mapi   \x1b[0m \x1b[31mred\x1b[39m and\x1b[0m",
      " \x1b[2m12:41:02.114\x1b[0m \x1b[32mworker\x1b[0m plain",
    ]);
    expect(rowsOf(newView(logs.merged), pane).rows).toEqual([
      " 12:41:02.114 api    red and",
      " 12:41:02.114 worker plain",
    ]);
  });

  it("leave the time blank where it is not known", () => {
    expect(clockTime(undefined)).toBe("            ");
    const { logs } = newScene("old\n");
    const view = goHome(newView(logs.of("api")), pane);
    expect(rowsOf(view, pane).rows).toEqual(["              old", " ── this run ──"]);
  });

  it("show matches, and the one that was asked for in another way", () => {
    const { logs, write } = newScene();
    write("api", "a hit, a hit\nno\nhit\n", at);
    const view = toggleTimestamps(settled(setSearch(newView(logs.of("api")), coloured, "hit"), coloured));
    const [first, , last] = rowsOf(view, coloured).rows;
    expect(first).toMatch(/^\*a \x1b\[1;4;7mhit\x1b\[0m, a \x1b\[1;4;7mhit\x1b\[0m/);
    expect(last).toMatch(/^ \x1b\[7mhit/);
    const next = rowsOf(settled(stepSearch(view, coloured, "next"), coloured), coloured).rows;
    expect([next[0]?.slice(0, 11), next[2]?.slice(0, 12)]).toEqual([" a \x1b[7mhit\x1b", "*\x1b[1;4;7mhit"]);
    expect(rowsOf(view, pane).rows).toEqual(["*a hit, a hit", " no", " hit"]);
  });

  it("begin at a column, and keep the place of the text", () => {
    const { logs, write } = newScene();
    write("api", `${"0123456789".repeat(8)}\n`, at);
    const view = scrollColumns(newView(logs.of("api")), 8);
    expect(rowsOf(view, pane).rows).toEqual([" 12:41:02.114 89012345678901234567890123"]);
    expect(scrollColumns(view, -20).column).toBe(0);
  });

  it("repeat neither time nor name where a line goes on", () => {
    const { logs, write } = newScene();
    write("worker", `${"x".repeat(30)}\n`, at);
    expect(rowsOf(toggleWrap(newView(logs.merged)), pane).rows.map((row) => row.trimEnd())).toEqual([
      " 12:41:02.114 worker xxxxxxxxxxxxxxxxxxx",
      `${" ".repeat(21)}xxxxxxxxxxx`,
    ]);
  });

  it("say which line they belong to", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 3));
    expect(rowsOf(addMark(newView(logs.of("api")), "mark"), pane).lines).toEqual([0, 1, 2, 3]);
  });

  it("show remarks of our own dimmed", () => {
    const { logs, files, write } = newScene();
    write("api", numbered(0, 3));
    files["api"]!.truncate();
    write("api", "new\n", at);
    const [remark] = rowsOf(toggleTimestamps(newView(logs.of("api"))), { ...coloured, width: 30 }).rows;
    expect(remark).toBe(" \x1b[2mthis log was cut off or empti\x1b[0m");
  });

  it("are never wider or more than the pane, and hold nothing but colours", () => {
    const text = fc.string({
      unit: fc.constantFrom(
        "\t",
        "a",
        "é",
        "漢",
        "😀",
        "👨‍👩‍👧",
        "\x1b[31m",
        "\x1b[2J",
        "\x1b]0;t\x07",
        "\r",
        "\x1b[0m",
        "\u202e",
      ),
      maxLength: 80,
    });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 8 }),
        fc.record({
          width: fc.integer({ min: 24, max: 60 }),
          height: fc.integer({ min: 1, max: 6 }),
          wrap: fc.boolean(),
        }),
        fc.integer({ min: -9, max: 9 }),
        (lines, { wrap, ...size }, moved) => {
          const { logs, write } = newScene();
          write("api", `${lines.join("\n")}\n`, at);
          const shown = { ...coloured, ...size };
          const base = newView(logs.merged);
          const view = scrollRows(settled(setSearch(wrap ? toggleWrap(base) : base, shown, "a"), shown), shown, moved);
          const { rows } = rowsOf(view, shown);
          expect(rows.length).toBeLessThanOrEqual(size.height);
          for (const row of rows) {
            expect(width(row)).toBeLessThanOrEqual(size.width);
            expect(row.replaceAll(/\x1b\[[0-9;:]*m/g, "")).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("copying", () => {
  it("takes what is selected, marks it with a sign and keeps it on the screen", () => {
    const { logs, write } = newScene();
    write("api", `${numbered(0, 20)}\x1b[31mred\x1b[0m\n`);
    let view = startSelection(newView(logs.of("api")), pane);
    write("api", "later\n");
    view = moveSelection(view, pane, -1);
    expect(screen(view)).toEqual([" line 17", " line 18", ">line 19", ">red"]);
    expect(copyText(view, pane, "selection")).toBe("line 19\nred");
    view = moveSelection(view, pane, -5);
    expect(screen(view)[0]).toBe(">line 14");
    expect(rowsOf(view, pane).status.selected).toBe(7);
  });

  it("takes what is visible, a line, or the match", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 20));
    const view = newView(logs.of("api"));
    expect(copyText(view, pane, "visible")).toBe("line 16\nline 17\nline 18\nline 19");
    expect(copyText(view, pane, "line")).toBe("line 19");
    expect(copyText(view, pane, "match")).toBe("");
    const found = settled(setSearch(view, pane, "/e 1[67]/"));
    expect([copyText(found, pane, "match"), copyText(found, pane, "line")]).toEqual(["e 16", "line 16"]);
    expect(visibleLines(view, 18, 9).map((line) => line.text)).toEqual(["line 18", "line 19"]);
  });

  it("takes a line of 90,000 characters as one", () => {
    const { logs, write } = newScene();
    const line = "0123456789".repeat(9000);
    write("api", `${line}\nnext\n`);
    expect(copyText(newView(logs.of("api")), pane, "visible")).toBe(`${line}\nnext`);
  });
});
