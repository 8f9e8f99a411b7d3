import { describe, expect, test } from "vitest";
import { point } from "../../../../src/tui/model/pointer.ts";
import { openTestStage, type TestStage } from "./stage.ts";

const shop = [
  { name: "db", port: 5432 },
  { name: "api", port: 3000, needs: ["db"] },
  { name: "web", port: 5173, needs: ["api"] },
] as const;

function run(dashboard: TestStage, ...names: readonly string[]): void {
  for (const name of names) {
    dashboard.host.set(name, {
      wanted: true,
      run: 1,
      ports: { main: 3000 },
      state: { status: "ready", run: 1, since: 0, pid: 77, verified: true },
    });
  }
}
const asked = ({ host }: TestStage): readonly unknown[] => host.asked;

describe("actions on services", () => {
  test("stop what nobody needs at once, and start it again", () => {
    using dashboard = openTestStage(shop);
    run(dashboard, "web");
    dashboard.keys("j", "j", "s");
    expect(asked(dashboard)).toEqual([{ type: "down", services: ["web"] }]);
    dashboard.host.set("web", { wanted: false, state: { status: "idle" } });
    dashboard.keys("s");
    expect(asked(dashboard).at(-1)).toEqual({ type: "up", services: ["web"] });
  });

  test("ask before stopping what others need", () => {
    using dashboard = openTestStage(shop);
    run(dashboard, "db", "api", "web");
    dashboard.keys("s");
    expect(dashboard.screen().join("\n")).toContain("api, web need it and are running.");
    dashboard.pass(200);
    dashboard.keys("enter");
    expect(asked(dashboard)).toEqual([]);
    dashboard.keys("s");
    dashboard.pass(200);
    dashboard.keys("y");
    expect(asked(dashboard)).toEqual([{ type: "down", services: ["db"] }]);
  });

  test("restart a service with all that run and need it", () => {
    using dashboard = openTestStage(shop);
    run(dashboard, "db", "api");
    dashboard.keys("R");
    dashboard.pass(200);
    dashboard.keys("y");
    expect(asked(dashboard)).toEqual([{ type: "restart", services: ["db"], dependents: true }]);
  });

  test("offer in the question about a restart to restart those that use it as well", () => {
    using dashboard = openTestStage(shop);
    run(dashboard, "db", "api", "web");
    dashboard.keys("r");
    expect(dashboard.screen().join("\n")).toMatch(/ y {2}restart db alone\n +R {2}restart all 3: db, api, web\n/);
    dashboard.pass(200);
    dashboard.keys("R");
    expect(asked(dashboard)).toEqual([{ type: "restart", services: ["db"], dependents: true }]);
  });

  test("ask before a signal that may end it", () => {
    using dashboard = openTestStage(shop);
    run(dashboard, "web");
    dashboard.keys("j", "j", "x", "4");
    expect(dashboard.host.deedsDone).toEqual([]);
    dashboard.pass(499);
    dashboard.keys("y");
    expect(dashboard.host.deedsDone).toEqual([]);
    dashboard.pass(1);
    dashboard.keys("y", "x", "1");
    expect(dashboard.host.deedsDone).toEqual(["signal web SIGKILL", "signal web SIGHUP"]);
  });

  test("open the page of the service that is selected", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("o");
    expect(dashboard.screen().at(-1)).toContain("db has no page, or no port yet");
    run(dashboard, "db");
    dashboard.keys("o");
    expect(dashboard.host.deedsDone).toEqual(["open http://localhost:3000"]);
  });

  test("say what could not be done, and keep it in the journal", async () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("a");
    await new Promise((resolve) => setImmediate(resolve));
    expect(dashboard.screen().at(-1)).toContain("give it `tty: true`");
    dashboard.keys("J");
    expect(dashboard.screen().join("\n")).toMatch(/launch +this service has no terminal of its own/);
  });
});

describe("leaving", () => {
  test("asks while services run, and ends at once when none does", () => {
    using dashboard = openTestStage(shop);
    run(dashboard, "db");
    dashboard.keys("q");
    expect(asked(dashboard)).toEqual([]);
    dashboard.pass(200);
    dashboard.keys("q");
    expect(asked(dashboard)).toMatchObject([{ type: "quit", by: "SIGINT", force: false }]);
  });

  test("Ctrl-C stops gracefully, and a second one at once", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("ctrl-c");
    dashboard.host.end({ kind: "interrupted", by: "SIGINT", up: true });
    dashboard.keys("ctrl-c");
    expect(asked(dashboard)).toMatchObject([{ force: false }, { force: true }]);
  });

  test("Ctrl-C twice in one breath is heard twice", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("ctrl-c", "ctrl-c");
    expect(asked(dashboard)).toMatchObject([{ force: false }, { force: true }]);
  });

  test("Ctrl-C the third time goes, though nobody has reacted", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("ctrl-c", "ctrl-c", "ctrl-c");
    expect(asked(dashboard)).toMatchObject([{ force: false }, { force: true }]);
    expect(dashboard.ends).toEqual([{ kind: "gone" }]);
  });

  test("detaching leaves the services alone", async () => {
    using dashboard = openTestStage(shop);
    run(dashboard, "db");
    dashboard.keys("D");
    await new Promise((resolve) => setImmediate(resolve));
    expect(dashboard.ends).toEqual([{ kind: "detached" }]);
    expect(asked(dashboard)).toEqual([]);
  });
});

describe("the log", () => {
  test("of the selected service is shown, or of all with their names", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\n");
    dashboard.host.write("api", "two\n");
    dashboard.keys("t");
    expect(dashboard.screen()).toContain(" one");
    dashboard.keys("j");
    expect(dashboard.screen()).toContain(" two");
    dashboard.keys("m");
    expect(dashboard.screen()).toEqual(expect.arrayContaining([" db  one", " api two"]));
  });

  test("is searched while the words are typed, and the place is left by Esc", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\ntwo\none again\n");
    dashboard.screen();
    dashboard.keys("/", "o", "n", "e");
    expect(dashboard.screen()[5]).toContain("/one 1 of 2");
    dashboard.keys("enter", "n");
    expect(dashboard.screen()[5]).toContain("/one 2 of 2");
    dashboard.keys("esc");
    expect(dashboard.screen()[5]).not.toContain("/one");
  });

  test("is filtered, inverted by an exclamation mark", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\ntwo\n");
    dashboard.screen();
    dashboard.keys("t", "f", "!", "o", "n", "e", "enter");
    expect(dashboard.screen()).toContain(" two");
    expect(dashboard.screen()).not.toContain(" one");
    expect(dashboard.screen()[5]).toContain("filter !one");
  });

  test("is copied by the terminal and by the platform, and what was copied is said", async () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\ntwo\n");
    dashboard.screen();
    dashboard.keys("y");
    expect(dashboard.sent).toEqual([`\u001b]52;c;${Buffer.from("one\ntwo").toString("base64")}\u0007`]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(dashboard.host.deedsDone).toEqual(["copy one\ntwo"]);
    expect(dashboard.screen().at(-1)).toContain("copied 2 lines");
  });

  test("gives chosen lines to the clipboard", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\ntwo\nthree\n");
    dashboard.screen();
    dashboard.keys("v", "k", "y");
    expect(dashboard.host.deedsDone).toEqual(["copy two\nthree"]);
  });

  test("is saved", async () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\n");
    dashboard.screen();
    dashboard.keys("S");
    await new Promise((resolve) => setImmediate(resolve));
    expect(dashboard.screen().at(-1)).toContain("saved 1 line as ");
  });

  test("is saved with all that a filter lets through, though it has only just been asked for", async () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\ntwo\nno\n");
    dashboard.screen();
    dashboard.keys("f", "o", "enter", "S");
    await new Promise((resolve) => setImmediate(resolve));
    expect(dashboard.screen().at(-1)).toContain("saved 3 lines as ");
  });
});

describe("the mouse", () => {
  const place = { x: 5, shift: false, alt: false, ctrl: false } as const;

  test("scrolls what is under it", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", Array.from({ length: 90 }, (_, index) => `line ${index}\n`).join(""));
    dashboard.screen();
    const drag = { from: undefined, hinted: false };
    point(dashboard.stage, { kind: "wheel", direction: "down", y: 3, ...place }, drag);
    expect(dashboard.stage.ui.selected).toBe("api");
    dashboard.keys("k");
    point(dashboard.stage, { kind: "wheel", direction: "up", y: 20, ...place }, drag);
    expect(dashboard.screen()[5]).toContain("paused");
  });

  test("selects services and tabs, and does what the footer says", () => {
    using dashboard = openTestStage(shop);
    const drag = { from: undefined, hinted: false };
    const click = (x: number, y: number): void =>
      point(dashboard.stage, { kind: "press", button: "left", ...place, x, y }, drag);
    click(5, 4);
    expect(dashboard.stage.ui.selected).toBe("web");
    const tabs = dashboard.screen()[5] ?? "";
    click(tabs.indexOf("all"), 5);
    expect(dashboard.stage.ui.merged).toBe(true);
    dashboard.open.picture();
    click((dashboard.screen().at(-1) ?? "").indexOf("help"), 29);
    expect(dashboard.stage.ui.view).toBe("help");
  });

  test("copies the lines it was dragged over on release, and says once how the terminal selects", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\ntwo\nthree\n");
    dashboard.screen();
    const drag = { from: undefined, hinted: false };
    const at = (kind: "press" | "drag" | "release", y: number): void =>
      point(dashboard.stage, { kind, button: "left", ...place, y }, drag);
    at("press", 6);
    at("drag", 7);
    at("release", 7);
    expect(dashboard.host.deedsDone).toEqual(["copy one\ntwo"]);
    expect(dashboard.screen().at(-1)).toContain("Shift-drag");
    at("press", 6);
    at("release", 6);
    expect(dashboard.host.deedsDone).toHaveLength(1);
  });

  test("is given to the terminal and taken back", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("alt-m", "alt-m");
    expect(dashboard.sent).toEqual(["mouse false", "mouse true"]);
  });
});

describe("the editor", () => {
  test("is given the file and the line of the match, of one service or of all", async () => {
    using dashboard = openTestStage(shop);
    dashboard.host.write("db", "one\ntwo\nthree\n");
    dashboard.screen();
    dashboard.host.write("api", "four\nfive\n");
    dashboard.screen();
    dashboard.keys("/", "t", "w", "o", "enter");
    dashboard.screen();
    dashboard.keys("e", "m", "/", "f", "i", "v", "e", "enter");
    dashboard.screen();
    dashboard.keys("e");
    await new Promise((resolve) => setImmediate(resolve));
    const { directory } = dashboard.host;
    expect(dashboard.host.deedsDone).toEqual([`edit ${directory}/db.log:2`, `edit ${directory}/api.log:2`]);
  });
});

test("a view that is opened on a narrow screen is shown, and the table again when it is left", () => {
  using dashboard = openTestStage([{ name: "db" }, { name: "api", needs: ["db"] }]);
  dashboard.resize(50, 15);
  for (const key of ["?", "w", "d", "J"]) {
    dashboard.keys(key);
    expect(dashboard.screen().join("\n")).not.toContain("SERVICE");
    dashboard.keys("esc");
    expect(dashboard.screen().join("\n")).toContain("SERVICE");
  }
});

test("the table says how many services are out of sight, and where", () => {
  using dashboard = openTestStage(Array.from({ length: 30 }, (_, index) => ({ name: `service-${index}` })));
  dashboard.resize(100, 30);
  const hidden = (): string | undefined =>
    dashboard
      .screen()
      .find((row) => /^ {3}\d+ (above|below)/.test(row))
      ?.trim();
  expect(hidden()).toBe("20 below");
  dashboard.keys(...Array.from({ length: 15 }, () => "j"));
  expect(hidden()).toBe("6 above, 14 below");
  dashboard.keys(...Array.from({ length: 15 }, () => "j"));
  expect(hidden()).toBe("20 above");
});

test("the tree opens at the selected service and follows it", () => {
  using dashboard = openTestStage(Array.from({ length: 60 }, (_, index) => ({ name: `service-${index}` })));
  dashboard.resize(100, 30);
  const marked = (): string | undefined => dashboard.screen().findLast((row) => row.startsWith(" > service-"));
  dashboard.keys(...Array.from({ length: 50 }, () => "j"), "d");
  expect(marked()).toContain("service-50");
  dashboard.keys(...Array.from({ length: 45 }, () => "k"));
  expect(dashboard.screen().filter((row) => row.startsWith(" > service-5 "))).toHaveLength(2);
});
