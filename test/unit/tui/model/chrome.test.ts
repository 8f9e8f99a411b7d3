import { describe, expect, test } from "vitest";
import { wrapLine } from "../../../../src/tui/model/fit.ts";
import { plain, span } from "../../../../src/tui/model/line.ts";
import { openTestStage } from "./stage.ts";

const shop = [
  { name: "db", port: 5432 },
  { name: "api", port: 3000, needs: ["db"] },
  { name: "web", port: 5173, needs: ["api"] },
] as const;
const exit = { code: 1, signal: null } as const;

describe("the table", () => {
  test("says each state in a word, and what is behind it", () => {
    using dashboard = openTestStage(shop);
    const { host } = dashboard;
    const since = host.session.now();
    host.set("db", {
      wanted: true,
      run: 1,
      ports: { main: 5433 },
      health: { status: "healthy" },
      state: { status: "ready", run: 1, since, verified: true },
    });
    host.set("api", {
      wanted: true,
      restarts: 2,
      crashes: { count: 2, last: { kind: "exit", exit }, alike: true },
      lastWords: "KeyError: 'secret_key'",
      state: { status: "backoff", until: since + 7000, failure: { kind: "exit", exit } },
    });
    host.set("web", { wanted: true });
    const [header, , db, api, web] = dashboard.screen();
    expect(header).toContain("1 ok  1 waiting  1 crashing   api: exit code 1");
    expect(db).toMatch(/^ > db +ready +5432→5433 +ok/);
    expect(api).toMatch(/^ {3}api +crashing +3000 +exit code 1, 2 times, again in 7s; la.* 2/);
    expect(web).toMatch(/^ {3}web +waiting +5173 +waits for api/);
  });

  test("says whose an adopted process is", () => {
    using dashboard = openTestStage(shop);
    const state = { status: "ready", run: 1, since: 0, verified: true } as const;
    dashboard.host.set("db", { wanted: true, adopted: true, state });
    expect(dashboard.screen()[2]).toMatch(/db +adopted +5432 +somebody else's process/);
  });

  test("counts the time of a stop in whole seconds", () => {
    using dashboard = openTestStage(shop);
    const since = dashboard.host.session.now() - 300;
    const state = {
      status: "stopping",
      run: 1,
      since,
      deadline: since + 20_000,
      killed: false,
      after: { kind: "rest" },
    } as const;
    dashboard.host.set("db", { state });
    expect(dashboard.screen()[2]).toContain("for 1s, killed in 20s");
  });

  test("begins a crash loop that was given up with how it ended, also where there is little room", () => {
    using dashboard = openTestStage(shop);
    const failure = { kind: "crash-loop", restarts: 10, window: 120_000, last: { kind: "exit", exit } } as const;
    dashboard.host.set("db", {
      wanted: true,
      lastWords: "KeyError: 'secret_key'",
      state: { status: "failed", failure },
    });
    dashboard.resize(160, 50);
    expect(dashboard.screen()[2]).toContain(
      "exit code 1, given up after 10 restarts within 2m: KeyError: 'secret_key'",
    );
    dashboard.resize(80, 24);
    expect(dashboard.screen()[2]).toContain("exit code 1, given up");
  });

  test("shows what is not wanted as idle", () => {
    using dashboard = openTestStage(shop);
    expect(dashboard.screen()[2]).toMatch(/^ > db +idle +5432$/);
  });

  test("leaves out what it needs, memory, then restarts on a narrower screen", () => {
    using dashboard = openTestStage(shop);
    const heading = (columns: number): string => {
      dashboard.resize(columns, 24);
      return dashboard.screen()[1] ?? "";
    };
    const failure = { kind: "not-ready", timeout: 60_000, reason: "GET http://localhost/health answered 503" } as const;
    dashboard.host.set("api", { wanted: true, state: { status: "failed", failure } });
    expect(heading(160)).toMatch(/RESTARTS +CPU +MEM +UPTIME +NEEDS/);
    expect(heading(130)).toMatch(/RESTARTS +CPU +MEM +UPTIME$/);
    expect(heading(92)).toMatch(/RESTARTS +CPU +UPTIME$/);
    expect(heading(80)).toMatch(/HEALTH +CPU +UPTIME$/);
    expect(heading(60)).toMatch(/SERVICE +STATE +PORT +HEALTH$/);
  });

  test("has ASCII alone when that is wanted", () => {
    using dashboard = openTestStage(shop, { ascii: true });
    dashboard.host.set("db", {
      ports: { main: 5433 },
      state: {
        status: "failed",
        failure: { kind: "crash-loop", restarts: 5, window: 60_000, last: { kind: "exit", exit } },
      },
    });
    dashboard.resize(80, 24);
    for (const keys of [["w"], ["d"], ["J"], ["?"], ["esc", "x", "q"]]) {
      dashboard.keys(...keys);
      expect(dashboard.screen().join("")).toMatch(/^[ -~]*$/);
    }
  });
});

describe("an edited manifest", () => {
  const same = { settings: [], changed: [], added: [], removed: [] };

  test.each([
    [160, 50],
    [80, 24],
  ])("is told below the services at %ix%i until it says again what runs", (columns, rows) => {
    using dashboard = openTestStage(shop);
    dashboard.resize(columns, rows);
    dashboard.open.takeEdit({ ...same, changed: [{ service: "api", keys: ["env", "port"] }], added: ["extra"] });
    expect(dashboard.screen()[5]).toBe("   manifest edited: api: env, port; new: extra; not in what runs (J: more)");
    expect(dashboard.screen()[4]).toContain("web");
    dashboard.open.takeEdit(undefined);
    expect(dashboard.screen()[5]).not.toContain("manifest");
  });

  test("leaves room for the services, and is cut before its hint", () => {
    using dashboard = openTestStage(Array.from({ length: 30 }, (_, index) => ({ name: `s${index}` })));
    dashboard.resize(80, 24);
    dashboard.open.takeEdit({ ...same, fault: `s.yaml:3:5 ${"x".repeat(200)}` });
    const rows = dashboard.screen();
    expect(rows[8]).toMatch(/^ {3}\d+ below/);
    expect(rows[9]).toMatch(/^ {3}manifest edited, and wrong now: s.yaml:3:5 x+…; not in what runs \(J: more\)$/);
    expect(rows[9]).toHaveLength(80);
  });

  test("is in the journal with what to do", () => {
    using dashboard = openTestStage(shop);
    dashboard.open.takeEdit({ ...same, removed: ["web"] });
    dashboard.keys("J");
    expect(dashboard.screen().join("\n")).toMatch(/The manifest has changed since this run began \(gone: web\)/);
  });
});

describe("the header", () => {
  test("counts the services in words", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.set("db", { wanted: true, state: { status: "ready", run: 1, since: 0, verified: true } });
    dashboard.host.set("api", { wanted: true, state: { status: "failed", failure: { kind: "exit", exit } } });
    expect(dashboard.screen()[0]).toMatch(
      /^ launch {2}shop-dev {3}3 services {2}1 ok {2}1 failed {2}1 idle +cpu 0\.0% {2}mem 0K +\d\d:\d\d:\d\d$/,
    );
  });
});

describe("the summary of a start", () => {
  test("says once how long it took, and on what path", () => {
    using dashboard = openTestStage(shop);
    const { host } = dashboard;
    host.session.request({ type: "up", services: ["web"] });
    for (const { name } of shop) {
      host.set(name, { wanted: true, run: 1, state: { status: "starting", run: 1, since: 0 } });
      host.set(name, { state: { status: "ready", run: 1, since: 0, verified: true } });
    }
    host.arrive(true);
    expect(dashboard.screen().at(-1)).toMatch(/^ all up after \d+ms: db → api → web took \d+ms$/);
    dashboard.keys("k", "J");
    expect(dashboard.screen().join("\n")).toMatch(
      /api +up \d+ms after the beginning, \d+ms of it its own, on the critical path/,
    );
    host.set("db", { slow: false });
    expect(
      dashboard
        .screen()
        .join("\n")
        .match(/all up after/g),
    ).toHaveLength(1);
  });
});

describe("the views of words", () => {
  test("why gives the chain down to the cause, and names of the environment alone", async () => {
    using dashboard = openTestStage(shop);
    dashboard.host.set("db", {
      wanted: true,
      state: { status: "failed", failure: { kind: "command-not-found", command: "pg" } },
    });
    dashboard.host.set("api", { wanted: true });
    dashboard.host.set("web", { wanted: true, run: 1 });
    dashboard.keys("j", "j", "w");
    await Promise.resolve();
    const text = dashboard.screen().join("\n");
    expect(text).toContain(
      " web waits for api to be ready\n   └ api waits for db to be ready\n     └ db failed: command not found: pg",
    );
    expect(text).toContain("environment  TOKEN (from the manifest), PORT (from launch), and 2 inherited");
    expect(text).toContain("last lines\n   | last of web\n");
    dashboard.keys("k", "k");
    expect(dashboard.screen().join("\n")).toContain("[ why db ]");
  });

  test("why says of a task that it has to end with success, and names no time for that", () => {
    using dashboard = openTestStage([{ name: "seed", type: "task" }]);
    dashboard.keys("w");
    expect(dashboard.screen().join("\n")).toContain("ready        once it has ended with success\n");
  });

  test("the tree shows who needs whom, with states", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("d");
    expect(dashboard.screen().join("\n")).toContain(
      "   web  idle\n      └ api  idle  needed ready: cannot be met\n >       └ db  idle",
    );
  });

  test("help scrolls by the keys that choose services elsewhere", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("?");
    const [top] = dashboard.screen().slice(6);
    dashboard.keys("j");
    expect(dashboard.screen().slice(6)[0]).not.toBe(top);
    expect(dashboard.stage.ui.selected).toBe("db");
  });
});

test("long words of a view are broken under where they begin", () => {
  const line = [span("environment  "), span(Array.from({ length: 12 }, (_, index) => `NAME_${index}`).join(" "))];
  expect(wrapLine(line, 40).map(plain)).toEqual([
    "environment  NAME_0 NAME_1 NAME_2 NAME_3",
    "             NAME_4 NAME_5 NAME_6 NAME_7",
    "             NAME_8 NAME_9 NAME_10",
    "             NAME_11",
  ]);
});
