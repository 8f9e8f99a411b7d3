import { describe, expect, it } from "vitest";
import type { Conflict } from "../../../src/core/conflict.ts";
import type { Change } from "../../../src/core/event.ts";
import { newFleet, type Member } from "../../../src/core/state.ts";
import { asMermaid, asText } from "../../../src/cli/graph.ts";
import { renderExports } from "../../../src/cli/env.ts";
import { question } from "../../../src/cli/prompt.ts";
import { junit, type Report } from "../../../src/cli/report.ts";
import { criticalPath } from "../../../src/core/critical-path.ts";
import { table } from "../../../src/cli/table.ts";
import { newStyle } from "../../../src/cli/terminal.ts";
import { remarksOn } from "../../../src/core/remarks.ts";
import { conflict, on, rules, service, task } from "../core/fleet.ts";

const plain = newStyle(false);

function memberOf(words: Partial<Member> = {}): Member {
  const member = newFleet([words.service ?? service("api")], rules()).members["api"];
  return { ...member!, wanted: true, ...words };
}

function said(before: Partial<Member>, after: Partial<Member>, at = 1000): readonly string[] {
  const change: Change = { before: memberOf(before), after: memberOf(after) };
  return remarksOn(change, at).map(({ tone, text }) => `${tone}: ${text}`);
}

describe("changes of state in words", () => {
  const started: Partial<Member> = { run: 1, state: { status: "started", run: 1, since: 500 } };

  it("says how long readiness took and where it serves", () => {
    const ready: Partial<Member> = {
      run: 1,
      ports: { main: 3000 },
      state: { status: "ready", run: 1, since: 1000, verified: true },
    };
    expect(said(started, ready)).toEqual(["good: ready after 500ms on port 3000"]);
  });

  it("admits that it could not tell whose socket answers", () => {
    const ready: Partial<Member> = { run: 1, state: { status: "ready", run: 1, since: 1000, verified: false } };
    expect(said(started, ready)).toEqual(["good: ready after 500ms (whose socket answers could not be verified)"]);
  });

  it("says how a run ended before it says that another follows", () => {
    const end = { exit: { code: 3, signal: null } } as const;
    const backoff: Partial<Member> = {
      run: 1,
      restarts: 1,
      lastEnd: end,
      state: { status: "backoff", until: 1100, failure: { kind: "exit", ...end } },
    };
    expect(said(started, backoff)).toEqual(["bad: ended with exit code 3", "warn: starts again in 100ms"]);
  });

  it("says it also when the next run begins in the same moment", () => {
    const starting: Partial<Member> = {
      run: 2,
      restarts: 1,
      lastEnd: { exit: { code: null, signal: "SIGKILL" } },
      state: { status: "starting", run: 2, since: 1000 },
    };
    expect(said(started, starting)).toEqual([
      "bad: ended with SIGKILL (killed, possibly out of memory)",
      "plain: starting again (restart 1)",
    ]);
  });

  it("warns of a service that is slow while a person watches, with its last reason", () => {
    expect(said(started, { ...started, slow: true, probeReason: "GET /health answered 503" })).toEqual([
      "warn: still not ready after 1m: GET /health answered 503",
    ]);
  });

  it("names the holder of a port", () => {
    expect(said({}, { state: { status: "blocked", conflicts: [conflict("api")] } })).toEqual([
      'bad: blocked: port 3000 is held by node (pid 4711, "node vite")',
    ]);
  });
});

describe("the conflict question", () => {
  const choices = ["next", "kill", "wait", "skip", "quit"] as const;
  const asked: Conflict = { ...conflict("api"), choices: [...choices] };
  const others = { users: ["web"], needing: ["web"] };

  it("shows the holder, numbered choices and what each means", () => {
    expect(question(service("api", { port: 3000 }), [asked], choices, "next", 0, plain, others)).toBe(`
api wants port 3000, which is held by node (pid 4711, "node vite")
  1  next   take 3001 instead and tell web
  2  kill   stop node (pid 4711), then start api
  3  wait   wait until the port is free
  4  skip   go on without api and what needs it (web)
  5  quit   stop everything
     add r to keep the new port for this project (1r)
Your choice [1]: `);
  });

  it("offers one answer for all when more are waiting", () => {
    expect(question(service("api", { port: 3000 }), [asked], choices, "next", 11, plain, others)).toContain(
      "add a to do the same for all 11 that follow (1a)",
    );
  });
});

describe("tables and paths", () => {
  it("aligns columns without counting colours, and leaves out empty ones", () => {
    const style = newStyle(true);
    expect(
      table(
        ["a", "b", "c"],
        [
          [style.good("xxx"), "", "1"],
          ["y", "", "2"],
        ],
      ),
    ).toBe(`a    c\n${style.good("xxx")}  1\ny    2`);
  });

  it("follows the chain that the last service waited for", () => {
    const services = [
      service("db"),
      task("migrate", { needs: ["db"] }),
      service("api", { needs: ["db", on("migrate", "completed")] }),
      service("css"),
    ];
    expect(criticalPath(services, { db: 10, migrate: 30, api: 50, css: 20 })).toEqual(["db", "migrate", "api"]);
  });

  it("is empty when nothing was ready", () => {
    expect(criticalPath([service("db")], {})).toEqual([]);
  });
});

describe("graphs", () => {
  const services = [
    service("db"),
    task("migrate", { needs: ["db"] }),
    service("api", { needs: [on("migrate", "completed"), on("db", "ready", { required: false, restart: true })] }),
  ];

  it("are read level by level", () => {
    expect(asText(services)).toBe(
      [
        "first",
        "  db",
        "then",
        "  migrate (task) ← db ready",
        "then",
        "  api ← migrate completed, db ready (optional) (restarts with it)",
      ].join("\n"),
    );
  });

  it("are flowcharts from the needed to the needing", () => {
    expect(asMermaid(services).split("\n")).toEqual([
      "flowchart LR",
      '  s0["db"]',
      '  s1(["migrate"])',
      '  s2["api"]',
      "  s0 -->|ready| s1",
      "  s1 -->|completed| s2",
      "  s0 -.->|ready| s2",
    ]);
  });
});

describe("exports", () => {
  const names = { API_URL: "http://localhost:1", ODD: 'it\'s \\ "here" $HOME' };

  it("cannot break out of their quotes in bash", () => {
    expect(renderExports(names, "bash")).toBe(
      "export API_URL='http://localhost:1'\nexport ODD='it'\\''s \\ \"here\" $HOME'\n",
    );
  });

  it("are set in fish", () => {
    expect(renderExports(names, "fish")).toBe(
      "set -gx API_URL 'http://localhost:1'\nset -gx ODD 'it\\'s \\\\ \"here\" $HOME'\n",
    );
  });

  it("are one object in JSON", () => {
    expect(JSON.parse(renderExports(names, "json"))).toEqual(names);
  });
});

describe("the JUnit report", () => {
  const report: Report = {
    version: "1",
    project: "p<1>",
    startedAt: 0,
    endedAt: 1500,
    outcome: { kind: "done" },
    exitCode: 1,
    services: [
      {
        name: "ok",
        state: "ready",
        ok: true,
        ports: {},
        restarts: 0,
        timeToReady: 250,
        runs: [],
        lines: 0,
        bytes: 0,
        lastLines: ["\u001b[31mred & \u0000", "\u009b2J\u202e"],
        log: "",
      },
      {
        name: "bad",
        state: "failed",
        ok: false,
        reason: 'ended with "3"',
        ports: {},
        restarts: 0,
        runs: [],
        lines: 0,
        bytes: 0,
        lastLines: [],
        log: "",
      },
    ],
  };

  it("counts failures, gives times in seconds and holds only what XML can", () => {
    const xml = junit(report);
    expect(xml).toContain('<testsuites tests="2" failures="1" skipped="0" time="1.500">');
    expect(xml).toContain('<testcase name="ok" classname="p&lt;1&gt;" time="0.250">');
    expect(xml).toContain('<failure message="ended with &quot;3&quot;">');
    expect(xml).toContain("\uFFFD[31mred &amp; \uFFFD");
    expect(xml).toContain("&#x9b;2J&#x202e;");
  });
});
