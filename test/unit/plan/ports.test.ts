import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../../src/core/service.ts";
import {
  candidatesFor,
  isBrowserBlocked,
  isForeseen,
  mayMove,
  movesFor,
  rangeOf,
  type PortRules,
} from "../../../src/plan/ports.ts";

const preferred = (port: number, more: Partial<Endpoint> = {}): Endpoint => ({
  name: "main",
  source: "preferred",
  preferred: port,
  fixed: false,
  onConflict: "ask",
  ...more,
});
const auto: Endpoint = { name: "main", source: "auto", fixed: false, onConflict: "ask" };
const dynamic: Endpoint = { name: "main", source: "dynamic", fixed: false, onConflict: "ask" };
const rules = (more: Partial<PortRules> = {}): PortRules => ({
  pool: { from: 8008, to: 8010, fallback: "os" },
  strict: false,
  taken: new Set(),
  ...more,
});
const silent = (endpoint: Endpoint, more?: Partial<PortRules>) => [...candidatesFor(endpoint, rules(more))];
const moves = (endpoint: Endpoint, more?: Partial<PortRules>) => [...movesFor(endpoint, rules(more))];

describe("without asking", () => {
  test("a preferred port is the only candidate", () => {
    expect(silent(preferred(5432))).toEqual([5432]);
  });
  test("what this worktree had before comes first", () => {
    expect(silent(preferred(5432), { remembered: 5433 })).toEqual([5433, 5432]);
    expect(silent(preferred(5432), { remembered: 5432 })).toEqual([5432]);
  });
  test("what was remembered no longer counts when the manifest has another range, fixes the port, or gave it away", () => {
    expect(silent(preferred(8765, { range: { from: 8765, to: 8767 } }), { remembered: 9000 })).toEqual([8765]);
    expect(silent(preferred(5432, { fixed: true }), { remembered: 5433 })).toEqual([5432]);
    expect(silent(preferred(5432), { remembered: 5433, strict: true })).toEqual([5432]);
    expect(silent(preferred(5432), { remembered: 5433, taken: new Set([5433]) })).toEqual([5432]);
  });
  test("auto takes from the pool, then what the system gives", () => {
    expect(silent(auto)).toEqual([8008, 8009, 8010, "os"]);
    expect(silent(auto, { remembered: 8010 })).toEqual([8010, 8008, 8009, "os"]);
    expect(silent(auto, { remembered: 41_234 })).toEqual([41_234, 8008, 8009, 8010, "os"]);
  });
  test("auto stays in the pool when the pool says fail", () => {
    const pool = { from: 8008, to: 8010, fallback: "fail" } as const;
    expect(silent(auto, { pool })).toEqual([8008, 8009, 8010]);
    expect(silent(auto, { pool, remembered: 41_234 })).toEqual([8008, 8009, 8010]);
    expect(rangeOf(auto, pool)).toEqual({ from: 8008, to: 8010 });
  });
  test("dynamic takes what it had, then what the system gives", () => {
    expect(silent(dynamic)).toEqual(["os"]);
    expect(silent(dynamic, { remembered: 41_234 })).toEqual([41_234, "os"]);
  });
  test("--strict-ports does not touch what never had a preferred port", () => {
    expect(silent(auto, { strict: true })).toEqual([8008, 8009, 8010, "os"]);
    expect(mayMove(dynamic, true)).toBe(true);
  });
});

test("what the system gives is not foreseen, what the manifest says or this worktree remembers is", () => {
  const { pool } = rules();
  const foreseen = (endpoint: Endpoint, port: number, remembered?: number): boolean =>
    isForeseen(endpoint, port, { pool, ...(remembered !== undefined && { remembered }) });
  expect([foreseen(dynamic, 40_000), foreseen(auto, 40_000), foreseen(auto, 8007)]).toEqual([false, false, false]);
  expect([foreseen(preferred(5432), 5432), foreseen(auto, 8008), foreseen(auto, 8010)]).toEqual([true, true, true]);
  expect([foreseen(dynamic, 40_000, 40_000), foreseen(auto, 40_000, 40_000)]).toEqual([true, true]);
  expect(foreseen(dynamic, 40_000, 40_001)).toBe(false);
  expect(foreseen({ ...auto, range: { from: 9000, to: 9001 } }, 9001)).toBe(true);
});

describe("when asked to move", () => {
  test("a range is the only place to go, first above the port", () => {
    expect(moves(preferred(8765, { range: { from: 8764, to: 8767 } }))).toEqual([8766, 8767, 8764]);
    expect(moves(preferred(8767, { range: { from: 8764, to: 8767 } }))).toEqual([8764, 8765, 8766]);
    expect(moves(preferred(80, { range: { from: 8764, to: 8765 } }))).toEqual([8764, 8765]);
    expect(moves(preferred(9000, { range: { from: 8764, to: 8765 } }))).toEqual([8764, 8765]);
  });
  test("a bare port goes just above itself, then to the pool, then to what the system gives", () => {
    const above = Array.from({ length: 20 }, (_, index) => 5433 + index);
    expect(moves(preferred(5432))).toEqual([...above, 8008, 8009, 8010, "os"]);
    expect(moves(preferred(65_534)).slice(0, 2)).toEqual([65_535, 8008]);
  });
  test("just above a port there is none that browsers refuse, or clients take where they do not take the port itself", () => {
    expect(moves(preferred(6663)).slice(0, 3)).toEqual([6664, 6670, 6671]);
    expect(moves(preferred(32_766)).slice(0, 2)).toEqual([32_767, 8008]);
    expect(moves(preferred(40_000)).slice(0, 2)).toEqual([40_001, 40_002]);
  });
  test("a bare port goes to the pool that the manifest names", () => {
    const pool = { from: 8008, to: 8010, fallback: "os", isGiven: true } as const;
    expect(moves(preferred(5432), { pool })).toEqual([8008, 8009, 8010, "os"]);
  });
  test("a fixed port and --strict-ports go nowhere", () => {
    expect(moves(preferred(5432, { fixed: true }))).toEqual([]);
    expect(moves(preferred(5432), { strict: true })).toEqual([]);
  });
  test("nobody moves to a port that another service prefers or has", () => {
    const pool = { from: 8008, to: 8010, fallback: "os", isGiven: true } as const;
    expect(moves(preferred(5432), { taken: new Set([8008, 8010]), pool })).toEqual([8009, "os"]);
    expect(moves(preferred(5432), { taken: new Set([5433, 5435]) }).slice(0, 2)).toEqual([5434, 5436]);
    const range = { from: 8764, to: 8767 };
    expect(moves(preferred(8765, { range }), { taken: new Set([8766]) })).toEqual([8767, 8764]);
  });
});

describe("unfit ports", () => {
  test("a pool gives ports that browsers refuse or clients take only when it has nothing else", () => {
    expect(silent(auto, { pool: { from: 6664, to: 6670, fallback: "fail" } })).toEqual([
      6664, 6670, 6665, 6666, 6667, 6668, 6669,
    ]);
    const ephemeral = { from: 40_001, to: 50_000 };
    expect(silent(auto, { pool: { from: 40_000, to: 40_002, fallback: "fail" }, ephemeral })).toEqual([
      40_000, 40_001, 40_002,
    ]);
    expect(silent(auto, { pool: { from: 32_767, to: 32_769, fallback: "os" } })).toEqual([
      32_767,
      32_768,
      32_769,
      "os",
    ]);
  });
  test("a service's own range is taken as it is", () => {
    expect(moves(preferred(6665, { range: { from: 6665, to: 6667 } }))).toEqual([6666, 6667]);
  });
  test("the list is the one of the fetch standard", () => {
    expect([6000, 6666, 10_080, 1, 25].every(isBrowserBlocked)).toBe(true);
    expect([80, 443, 3000, 5173, 8080].some(isBrowserBlocked)).toBe(false);
  });
});
