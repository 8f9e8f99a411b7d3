import { describe, expect, it } from "vitest";
import { isOnScreen, scrollRows } from "../../../../src/tui/logs/move.ts";
import { statusOf } from "../../../../src/tui/logs/rows.ts";
import {
  advance,
  cancelSearch,
  describeSearch,
  isBusy,
  jumpToError,
  searchStatus,
  setSearch,
  stepSearch,
} from "../../../../src/tui/logs/search.ts";
import { type LogView, newView, setFilter, toggleClear } from "../../../../src/tui/logs/view.ts";
import { newScene, numbered, pane, screen, settled } from "./scene.ts";

const words = (view: LogView): string => describeSearch(searchStatus(view)!);
const step = (view: LogView, which: "next" | "previous"): LogView => settled(stepSearch(view, pane, which));

/** 100 lines, every tenth with `hit`. */
function hundred() {
  const scene = newScene();
  const text = Array.from({ length: 100 }, (_, at) => `${at % 10 === 5 ? "hit" : "line"} ${at}\n`).join("");
  scene.write("api", text);
  return { ...scene, view: newView(scene.logs.of("api")) };
}

describe("searching", () => {
  it("shows what is on the screen first, then the nearest above it", () => {
    const { view } = hundred();
    const found = settled(setSearch(view, pane, "hit"));
    expect(screen(found)).toContain("*hit 95");
    expect(words(found)).toBe("10 of 10");
    const scrolled = scrollRows(view, pane, -30);
    expect(screen(settled(setSearch(scrolled, pane, "HIT")))).toEqual(screen(scrolled));
    expect(settled(setSearch(scrolled, pane, "hit")).search?.current).toBe(75);
  });

  it("steps from match to match, and says when it begins again from the other end", () => {
    const { view } = hundred();
    let found = settled(setSearch(view, pane, "hit"));
    found = step(found, "next");
    expect(words(found)).toBe("1 of 10, from the start again");
    expect(screen(found)).toContain("*hit 5");
    found = step(found, "next");
    expect(words(found)).toBe("2 of 10");
    found = step(step(found, "previous"), "previous");
    expect(words(found)).toBe("10 of 10, from the end again");
  });

  it("goes on from what is on the screen when one has scrolled away", () => {
    const { view } = hundred();
    const found = scrollRows(settled(setSearch(view, pane, "hit")), pane, -51);
    expect(screen(step(found, "next"))).toContain("*hit 45");
    expect(screen(step(found, "previous"))).toContain("*hit 35");
  });

  it("searches on from where it began while one types, and goes back there when it is given up", () => {
    const { view } = hundred();
    const scrolled = scrollRows(view, pane, -30);
    let found = settled(setSearch(scrolled, pane, "h"));
    found = settled(setSearch(found, pane, "hit 9"));
    expect(found.search?.current).toBe(95);
    found = settled(setSearch(found, pane, "hit"));
    expect(found.search?.current).toBe(75);
    expect(screen(cancelSearch(found))).toEqual(screen(scrolled));
    expect(setSearch(found, pane, "").search).toBeUndefined();
  });

  it("says when nothing is found, and finds it once it is written", () => {
    const { view, write } = hundred();
    let found = settled(setSearch(view, pane, "absent"));
    expect(words(found)).toBe("no match");
    write("api", "absent\n");
    found = step(settled(found), "next");
    expect(words(found)).toBe("1 of 1");
  });

  it("keeps the search that was there when a pattern is wrong", () => {
    const { view } = hundred();
    const found = setSearch(settled(setSearch(view, pane, "hit")), pane, "/[/");
    expect(found.notice).toMatch(/^not a regular expression: /);
    expect(found.search?.query.text).toBe("hit");
  });

  it("counts on while the nearest match is shown already", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 40_000));
    let view = setSearch(newView(logs.of("api")), pane, "line");
    let slices = 0;
    do {
      view = advance(view, pane, () => true);
      expect(view.search?.current).toBeDefined();
      if (slices++ === 0) expect(words(view)).toMatch(/^1 of \d+\+$/);
    } while (isBusy(view));
    expect(slices).toBeGreaterThan(5);
    expect(words(view)).toBe("39997 of 40000");
  });

  it("shows nothing before it knows that it is the nearest, or the first", () => {
    const { logs, write } = newScene();
    const many = numbered(0, 20_000);
    write("api", `hit\n${many}hit\n${many}hit\n`);
    const slices = (view: LogView): LogView => {
      let next = view;
      while (next.search?.wanted !== undefined) next = advance(next, pane, () => true);
      return next;
    };
    const middle = scrollRows(newView(logs.of("api")), pane, -19_990);
    expect(slices(setSearch(middle, pane, "hit")).search?.current).toBe(40_002);
    const last = slices(setSearch(newView(logs.of("api")), pane, "hit"));
    expect(slices(stepSearch(last, pane, "next")).search?.current).toBe(0);
  });

  it("looks only at what is visible", () => {
    const { view } = hundred();
    const filtered = settled(setFilter(view, "/ [0-4]?5$/", "all"));
    expect(words(settled(setSearch(filtered, pane, "hit")))).toBe("2 of 5");
    const later = settled(setFilter(settled(setSearch(view, pane, "hit")), "/[0-4]5$/", "all"));
    expect(searchStatus(later)?.count).toBe(4);
    expect(words(settled(setSearch(toggleClear(view), pane, "hit")))).toBe("no match");
  });

  it("shows a match in the upper part of the screen and stays there", () => {
    const { view, write } = hundred();
    const tall = { ...pane, height: 9 };
    const found = settled(setSearch(view, tall, "hit 45"), tall);
    expect(screen(found, tall).indexOf("*hit 45")).toBe(3);
    write("api", numbered(100, 200));
    expect(screen(settled(found, tall), tall).indexOf("*hit 45")).toBe(3);
    expect(statusOf(found).following).toBe(false);
  });
});

describe("the next error", () => {
  it("is found in both directions, and its stack trace is not another", () => {
    const { logs, write } = newScene();
    write("api", `${numbered(0, 20)}ERROR one\n    at x\n${numbered(20, 40)}level=error two\n${numbered(40, 60)}`);
    let view = settled(jumpToError(newView(logs.of("api")), pane, "previous"));
    expect(screen(view)).toContain("*level=error two");
    view = settled(jumpToError(view, pane, "previous"));
    expect(screen(view)).toContain("*ERROR one");
    view = settled(jumpToError(view, pane, "next"));
    expect(view.jump?.current).toBe(42);
    expect(isOnScreen(view, pane, 42)).toBe(true);
    view = settled(jumpToError(view, pane, "next"));
    expect(view.notice).toBe("no error further down, from the start again");
  });

  it("is said to be missing when there is none", () => {
    const { logs, write } = newScene();
    write("api", numbered(0, 9));
    expect(settled(jumpToError(newView(logs.of("api")), pane, "next")).notice).toBe("no error in this log");
  });
});
