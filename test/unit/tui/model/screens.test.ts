// What a person sees on a wide screen and on a small one.

import { describe, expect, test } from "vitest";
import { paint } from "../../../../src/tui/model/line.ts";
import { point } from "../../../../src/tui/model/pointer.ts";
import { openTestStage, type TestStage } from "./stage.ts";

const shop = [
  { name: "db", port: 5432 },
  { name: "api", port: 3000, needs: ["db"] },
  { name: "web", port: 5173, needs: ["api", "db"] },
] as const;
const failure = { kind: "exit", exit: { code: 3, signal: null } } as const;
const sizes = [
  [160, 50],
  [80, 24],
] as const;

function serve(dashboard: TestStage, ...names: readonly string[]): void {
  for (const name of names) {
    dashboard.host.set(name, {
      wanted: true,
      run: 1,
      state: { status: "ready", run: 1, since: 0, verified: true },
    });
  }
}

function crash(dashboard: TestStage, name: string, count = 18): void {
  dashboard.host.set(name, {
    wanted: true,
    run: count,
    restarts: count,
    lastWords: "KeyError: 'secret_key'",
    crashes: { count, last: failure, alike: true },
    state: { status: "started", run: count, since: dashboard.host.session.now() },
    probeReason: "no line matched",
  });
}

const many = Array.from({ length: 45 }, (_, index) => ({ name: `acme-identity-service-number-${index + 1}` }));

describe.each(sizes)("at %ix%i", (columns, rows) => {
  const open = (services: Parameters<typeof openTestStage>[0]): TestStage => {
    const dashboard = openTestStage(services);
    dashboard.resize(columns, rows);
    return dashboard;
  };

  test("no picture is wider or higher than the screen", () => {
    using dashboard = open(many);
    crash(dashboard, many[7]?.name ?? "");
    for (const keys of [["w"], ["d"], ["J"], ["?"], ["esc", "F", "7"], ["enter"], [":", "a"], ["esc", "x"]]) {
      dashboard.keys(...keys);
      const screen = dashboard.screen();
      expect(screen.length).toBeLessThanOrEqual(rows);
      expect(Math.max(...screen.map((row) => row.length))).toBeLessThanOrEqual(columns);
    }
  });

  test("a word in the last line gives way to the keys within five seconds, and to a click on them", () => {
    using dashboard = open(shop);
    dashboard.keys("o");
    expect(dashboard.screen().at(-1)).toContain("db has no page");
    dashboard.pass(4000);
    expect(dashboard.screen().at(-1)).toContain("? help");
    const x = (dashboard.screen().at(-1) ?? "").indexOf("help");
    const place = { x, y: rows - 1, shift: false, alt: false, ctrl: false } as const;
    point(dashboard.stage, { kind: "press", button: "left", ...place }, { from: undefined, hinted: false });
    expect(dashboard.stage.ui.view).toBe("help");
  });

  test("a service that crashes has one word, its count, its exit code and its last words in its row", () => {
    using dashboard = open(shop);
    serve(dashboard, "db");
    crash(dashboard, "api");
    const row = dashboard.screen().find((line) => line.includes(" api "));
    expect(row).toMatch(
      columns === 160
        ? /crashing .*exit code 3, 18 times, .*; last words: KeyError: 'secret_key'/
        : /crashing .*exit code 3, 18 times/,
    );
    expect(dashboard.screen()[0]).toContain("1 crashing");
    if (columns === 160) expect(dashboard.screen()[0]).toContain("api: exit code 3, 18 times: KeyError: 'secret_key'");
    dashboard.keys("j", "w");
    expect(dashboard.screen().join(" ").replaceAll(/\s+/g, " ")).toContain(
      "api is crashing: ended with exit code 3, 18 times; its last words: KeyError: 'secret_key'",
    );
  });

  test("no column moves when a state changes", () => {
    using dashboard = open(shop);
    const heading = dashboard.screen()[1];
    serve(dashboard, "db");
    crash(dashboard, "api");
    dashboard.host.set("web", { wanted: true });
    expect(dashboard.screen()[1]).toBe(heading);
    dashboard.host.set("db", { ports: { main: 15432 }, health: { status: "unhealthy", reason: "x".repeat(200) } });
    expect(dashboard.screen()[1]).toBe(heading);
  });

  test("the selected row is a bar over the whole width", () => {
    using dashboard = open(shop);
    const [, row, other] = dashboard.open.picture().table;
    expect(row?.every(({ bar }) => bar === true)).toBe(true);
    expect(row?.map(({ text }) => text).join("")).toHaveLength(columns);
    expect(paint(row ?? [], true)).toContain("\u001b[7m");
    expect(other?.some(({ bar }) => bar === true)).toBe(false);
  });

  test("long names are cut in the middle, so that both ends tell them apart", () => {
    using dashboard = open([
      { name: "acme-identity-service-for-customers-and-partners-api" },
      { name: "acme-identity-service-for-customers-and-partners-worker" },
    ]);
    const names = dashboard
      .screen()
      .slice(2, 4)
      .map((row) => row.slice(3).split(" ", 1)[0]);
    expect(names[0]).toMatch(/^acme-.*….*-api$/);
    expect(names[1]).toMatch(/^acme-.*….*worker$/);
  });

  test("a border stands between the runs in a log, at the line where one ended", () => {
    using dashboard = open(shop);
    const run = (count: number): object => ({
      wanted: true,
      run: count,
      state: { status: "started", run: count, since: 0 },
    });
    const text = "one\nTraceback\n";
    dashboard.host.set("db", run(1));
    dashboard.host.write("db", text);
    // What the next run has written is there before anybody hears of the end of the first.
    dashboard.host.write("db", "two\n");
    const end = { exit: { code: 3, signal: null } } as const;
    const exited = { type: "exited", service: "db", run: 1, end, left: false, logEnd: text.length } as const;
    dashboard.host.set("db", { state: { status: "backoff", until: 1e9, failure } }, exited);
    dashboard.keys("t");
    const lower = (): readonly string[] => dashboard.screen().slice(6, 10);
    expect(lower()).toEqual([" one", " Traceback", " ── ended with exit code 3 ──", " two"]);
    dashboard.host.set("db", run(2));
    expect(lower()[2]).toBe(" ── ended with exit code 3 · run 2 ──");
    dashboard.keys("m");
    expect(dashboard.screen().join("\n")).toContain("── db ended with exit code 3 · run 2 ──");
  });

  test("an empty log says why it is empty", () => {
    using dashboard = open(shop);
    const lower = (): string => dashboard.screen()[6] ?? "";
    dashboard.host.set("api", { wanted: true });
    dashboard.keys("j");
    expect(lower()).toBe(" api has not been started: it waits for db to be ready");
    serve(dashboard, "api");
    expect(lower()).toBe(" api has printed nothing yet");
    dashboard.host.write("api", "one\n");
    dashboard.screen();
    dashboard.keys("f", "x", "enter");
    expect(lower()).toBe(" no line fits the filter x; Esc shows all");
    dashboard.keys("esc", "c");
    expect(lower()).toBe(" the view was cleared, and nothing was written since; c shows what was before");
    dashboard.keys("c");
    expect(lower()).toContain("one");
  });

  test("the tree is drawn with lines, and says of a need only what is open", () => {
    using dashboard = open(shop);
    serve(dashboard, "db");
    dashboard.host.set("api", { wanted: true });
    dashboard.host.set("web", { wanted: true });
    dashboard.keys("d");
    expect(dashboard.screen().slice(6, 10)).toEqual([
      "   web  waiting",
      "      ├ api  waiting  needed ready: not yet",
      " >    │  └ db  ready",
      " >    └ db  ready",
    ]);
  });

  test("the next service in trouble is one key away, wherever it is", () => {
    using dashboard = open(many);
    dashboard.keys("!");
    expect(dashboard.screen().at(-1)).toContain("no service is in trouble");
    const [late = "", later = ""] = [many[37]?.name, many[40]?.name];
    crash(dashboard, late);
    crash(dashboard, later);
    expect(dashboard.screen().join("\n")).toContain("2 of them in trouble");
    dashboard.keys("!");
    expect(dashboard.stage.ui.selected).toBe(late);
    dashboard.keys("!");
    expect(dashboard.stage.ui.selected).toBe(later);
    dashboard.keys("!");
    expect(dashboard.stage.ui.selected).toBe(late);
  });

  test("the table is filtered by name or state while it is typed, and is whole again with Esc", () => {
    using dashboard = open(many);
    dashboard.host.set(many[37]?.name ?? "", { wanted: true, state: { status: "failed", failure } });
    dashboard.keys("F", "-", "4");
    expect(dashboard.stage.ui.selected).toBe(many[3]?.name);
    expect(dashboard.screen()[2]).toMatch(/only "-4": 7 of 45; Esc shows all/);
    dashboard.keys("enter", "j");
    expect(dashboard.stage.ui.selected).toBe(many[39]?.name);
    dashboard.keys("esc");
    expect(dashboard.screen().join("\n")).not.toContain("only ");
    dashboard.keys("F", "!");
    expect(dashboard.stage.ui.selected).toBe(many[37]?.name);
    expect(dashboard.screen()[2]).toContain("only in trouble: 1 of 45");
    // What is selected stays, though it is in trouble no more.
    serve(dashboard, many[37]?.name ?? "");
    expect(dashboard.screen()[3]).toMatch(/^ > acme/);
    dashboard.keys("esc");
    expect(dashboard.screen()[2]).not.toContain("only");
  });

  test("a click selects what is seen in the filtered table", () => {
    using dashboard = open(many);
    dashboard.keys("F", "-", "4", "enter");
    const place = { x: 5, y: 4, shift: false, alt: false, ctrl: false } as const;
    point(dashboard.stage, { kind: "press", button: "left", ...place }, { from: undefined, hinted: false });
    expect(dashboard.stage.ui.selected).toBe(many[39]?.name);
  });

  test("the palette finds services by their names, and goes there", () => {
    using dashboard = open(many);
    dashboard.keys(":", ..."number-30".split(""));
    expect(dashboard.screen().join("\n")).toContain("  > service  acme-identity-service-number-30  idle");
    dashboard.keys("enter");
    expect(dashboard.stage.ui.selected).toBe("acme-identity-service-number-30");
    expect(dashboard.stage.ui.dialog).toBeUndefined();
    dashboard.keys(":", ..."restart".split(""), "enter");
    expect(dashboard.host.asked).toEqual([{ type: "up", services: ["acme-identity-service-number-30"] }]);
  });

  test("a dialog says in the last line how to answer and how to leave it", () => {
    using dashboard = open(shop);
    serve(dashboard, "db", "api");
    dashboard.keys("r");
    expect(dashboard.screen().at(-1)?.trim()).toBe("j/k move  Enter as marked  Esc leave  Ctrl-C stop all");
  });
});
