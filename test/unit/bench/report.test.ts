import { expect, test } from "vitest";
import { judge } from "../../../bench/peers/goals.ts";
import { draw } from "../../../bench/peers/picture.ts";
import { describeResults } from "../../../bench/peers/report.ts";
import { fromLines, type Results, type Sample, type Section, toLines } from "../../../bench/peers/results.ts";

const idle: Section = {
  scenario: "idle",
  title: "Idle",
  about: "About.",
  columns: [
    { key: "running", title: "running", unit: "ms", better: "less", picture: "Running" },
    { key: "gone", title: "gone", unit: "ms", better: "less" },
  ],
};
const exit: Section = { scenario: "exit", title: "Exit", about: "About.", columns: [{ key: "code", title: "code" }] };

function values(peer: string, column: string, ...numbers: readonly number[]): readonly Sample[] {
  return numbers.map((value) => ({ scenario: "idle", peer, column, value }));
}

function results(samples: readonly Sample[], more: Partial<Results> = {}): Results {
  const entrants = ["launch", "sh", "process-compose", "mprocs"].map((name) => ({
    name,
    install: `get ${name}`,
    version: "1.2.3",
    cannot: {},
  }));
  return {
    date: "2026-01-02T03:04:05Z",
    machine: ["a machine"],
    minutes: 15,
    entrants,
    samples,
    misses: [],
    findings: [],
    ...more,
  };
}

function report(...given: Parameters<typeof results>): string {
  return describeResults(results(...given), [idle, exit], "p.svg");
}

test("tells the median with the least and the greatest", () => {
  expect(report(values("launch", "running", 30, 10, 20))).toContain("| **launch** | 20 (10–30) | not measured |");
});

test("says in words what a peer cannot do, and never zero", () => {
  const samples: Sample[] = [
    ...values("mprocs", "running", 5),
    { scenario: "idle", peer: "mprocs", column: "gone", words: "cannot" },
  ];
  expect(report(samples)).toContain("| mprocs | 5 | – |");
});

test("gives the reason of what a peer cannot once for all that it is about", () => {
  const entrants = [
    {
      name: "x",
      install: "get x",
      version: "1",
      cannot: { check: "has no file", exit: "never ends", stranger: "has no file" },
    },
  ];
  expect(report([], { entrants })).toContain("check, stranger: has no file; exit: never ends");
});

test("says how often what was said, and marks what is wrong", () => {
  const said = (words: string, right: boolean): Sample => ({
    scenario: "exit",
    peer: "mprocs",
    column: "code",
    words,
    right,
  });
  expect(report([said("1", true), said("0", false), said("1", true)])).toContain("| mprocs | 1 (2 ×)<br>**0 (1 ×)** |");
});

test("tells what should have been measured and was not", () => {
  const misses = [{ scenario: "idle", peer: "mprocs", words: "it broke\nwith a long story" }] as const;
  const text = report([], { misses });
  expect(text).toContain("Not measured, though it should have been\n\n- mprocs, idle: it broke\n");
});

test("says how to get what was not found", () => {
  const entrants = [{ name: "x", install: "get x", note: "no x on the PATH", cannot: {} }];
  expect(report([], { entrants })).toContain("- x: `get x` (no x on the PATH)");
});

test("says who was measured less often", () => {
  const samples = [
    ...values("launch", "running", 1, 2, 3),
    ...values("sh", "running", 1, 2, 3),
    ...values("mprocs", "running", 1),
  ];
  expect(report(samples)).toContain("About. n = 3; n = 1 for mprocs");
});

test("judges launch by the median of the peer that the goal names", () => {
  const verdictOf = (own: number): unknown =>
    judge(results([...values("launch", "running", own), ...values("process-compose", "running", 90, 100, 500)])).find(
      ({ title }) => title === "100 idle services, all running",
    );
  expect(verdictOf(130)).toMatchObject({ verdict: "reached", found: "130 against 100 ms (process-compose): 1.30 ×" });
  expect(verdictOf(131)).toMatchObject({ verdict: "MISSED" });
});

test("judges a rate by what is more", () => {
  const rate = (peer: string, value: number): Sample => ({ scenario: "lines", peer, column: "rate", value });
  const verdictOf = (own: number): unknown =>
    judge(
      results([rate("launch", own), rate("supervisord", 100)], { entrants: ["launch", "supervisord"].map(entrant) }),
    ).find(({ title }) => title === "1,000,000 lines")?.verdict;
  expect([verdictOf(111), verdictOf(109)]).toEqual(["reached", "MISSED"]);
});

test("takes the best of the peers, but no floor, where the goal says so", () => {
  const acted = (peer: string, value: number): Sample => ({ scenario: "ready", peer, column: "acted", value });
  const samples = [acted("launch", 90), acted("sh", 1), acted("mprocs", 300), acted("process-compose", 100)];
  expect(judge(results(samples))[0]).toMatchObject({
    verdict: "reached",
    found: "90 against 100 ms (process-compose): 0.90 ×",
  });
});

test("judges nothing that was not measured", () => {
  expect(new Set(judge(results([])).map(({ verdict }) => verdict))).toEqual(new Set(["not judged"]));
});

test("counts every wrong cell of launch, and none of others", () => {
  const code = (peer: string, right: boolean): Sample => ({
    scenario: "exit",
    peer,
    column: "code",
    words: "0",
    right,
  });
  const orphans = (value: number): Sample => ({ scenario: "orphans", peer: "launch", column: "left", value });
  expect(judge(results([code("launch", true), code("mprocs", false), orphans(0)])).at(-1)).toMatchObject({
    found: "all of 2",
    verdict: "reached",
  });
  expect(judge(results([code("launch", true), orphans(1)])).at(-1)).toMatchObject({
    found: "1 of 2 wrong (orphans: left)",
    verdict: "MISSED",
  });
});

test("draws the best first, marks launch and the floor, and cuts what would dwarf the rest", () => {
  const samples = [
    ...values("launch", "running", 100),
    ...values("sh", "running", 10),
    ...values("mprocs", "running", 90_000),
    ...values("process-compose", "running", 50),
  ];
  const svg = draw(results(samples), [idle, exit]);
  const names = [...svg.matchAll(/text-anchor="end">([^<]+)</g)].map(([, name]) => name);
  expect(names).toEqual(["sh", "process-compose", "launch", "mprocs"]);
  expect(svg.match(/class="bar own"/g)).toHaveLength(1);
  expect(svg.match(/class="bar floor"/g)).toHaveLength(1);
  expect(svg.match(/class="cut"/g)).toHaveLength(1);
  expect(svg).toContain(">90000</text>");
});

test("draws no panel for a figure of one peer alone", () => {
  expect(draw(results(values("launch", "running", 100)), [idle])).not.toContain("Running");
});

test("writes names into the picture so that they are read as they are", () => {
  const entrants = ["launch", "a <&> b"].map(entrant);
  const svg = draw(results([...values("launch", "running", 1), ...values("a <&> b", "running", 2)], { entrants }), [
    idle,
  ]);
  expect(svg).toContain(">a &lt;&amp;> b<");
});

test("keeps everything in lines of JSON", () => {
  const all = results([...values("launch", "running", 1, 2.5)], { findings: ["found"] });
  expect(toLines(all).trimEnd().split("\n")).toHaveLength(3);
  expect(fromLines(toLines(all))).toEqual(all);
});

function entrant(name: string): Results["entrants"][number] {
  return { name, install: "", version: "1", cannot: {} };
}
