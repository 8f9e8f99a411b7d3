import { describe, expect, test } from "vitest";
import { divide, type Layout, windowOn } from "../../../../src/tui/model/layout.ts";

const wishes = { columns: 80, rows: 24, services: 12, pane: "services", zoomed: false, dialog: 0 } as const;

function used({ header, table, dialog, tabs, lower, footer }: Layout): number {
  return [header, table, dialog, tabs, lower, footer].reduce((sum, { height }) => sum + height, 0);
}

describe("the layout", () => {
  test("gives the table at most two fifths of the rows", () => {
    expect(divide(wishes).table.height).toBe(9);
    expect(divide({ ...wishes, services: 3 }).table.height).toBe(4);
  });

  test("uses every row once, whatever the size", () => {
    for (let rows = 10; rows < 60; rows += 7) {
      for (const dialog of [0, 5, 17, 40]) {
        for (const columns of [40, 59, 60, 200]) {
          for (const pane of ["services", "lower"] as const) {
            const layout = divide({ ...wishes, columns, rows, dialog, pane });
            expect(used(layout)).toBe(rows);
            expect(layout.footer.top).toBe(rows - 1);
          }
        }
      }
    }
  });

  test("shows one pane at a time below 60 columns", () => {
    expect(divide({ ...wishes, columns: 59 }).lower.height).toBe(0);
    expect(divide({ ...wishes, columns: 59, pane: "lower" }).table.height).toBe(0);
  });

  test("gives a zoomed log all but the frame", () => {
    expect(divide({ ...wishes, zoomed: true }).lower.height).toBe(24 - 3);
  });

  test("has room for a few words alone below 40 by 10, and on no screen at all", () => {
    expect(divide({ ...wishes, columns: 39 }).tiny).toBe(true);
    expect(divide({ ...wishes, rows: 9 }).tiny).toBe(true);
    expect(divide({ ...wishes, columns: 0, rows: 0 }).tiny).toBe(true);
  });

  test("lets a dialog push the log up, and the table away when it must", () => {
    expect(divide({ ...wishes, dialog: 8 }).table.height).toBe(9);
    const tall = divide({ ...wishes, dialog: 30 });
    expect(tall.table.height).toBe(0);
    expect(tall.lower.height).toBe(2);
  });
});

describe("the window on a long table", () => {
  test("shows all when all fit", () => {
    expect(windowOn(5, 5, 4, 0)).toEqual({ from: 0, to: 5, hidden: 0 });
  });

  test("keeps the selected one in sight and says how many are not", () => {
    expect(windowOn(12, 6, 0, 0)).toEqual({ from: 0, to: 5, hidden: 7 });
    expect(windowOn(12, 6, 11, 0)).toEqual({ from: 7, to: 12, hidden: 7 });
  });

  test("scrolls no further than it must", () => {
    expect(windowOn(12, 6, 6, 3).from).toBe(3);
    expect(windowOn(12, 6, 2, 3).from).toBe(2);
  });
});
