import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { after, deadline, now, watchStalls } from "../../../src/effects/clock.ts";

/** What the process has stood still: its clock goes on, and every timer that was due meanwhile is late. */
let skew = 0;

/** Puts the system's clock on by so many milliseconds. */
function putOn(ms: () => number): void {
  const real = process.hrtime.bind(process);
  vi.spyOn(process, "hrtime").mockImplementation(() => {
    const [seconds, nanoseconds] = real();
    return [seconds + Math.floor(ms() / 1000), nanoseconds + (ms() % 1000) * 1e6];
  });
}

describe("while stalls are watched", () => {
  let told: number[] = [];
  let watching: Disposable;

  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "hrtime"],
    });
    skew = 0;
    putOn(() => skew);
    told = [];
    watching = watchStalls((ms) => told.push(ms));
  });
  afterEach(() => {
    watching[Symbol.dispose]();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  test("the clock stands still with the process and says how long", () => {
    vi.advanceTimersByTime(400);
    const before = now();
    skew = 30_000;
    expect(now()).toBe(before);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([30_000]);
    vi.advanceTimersByTime(5000);
    expect(now() - before).toBeCloseTo(5001, 0);
    expect(told).toHaveLength(1);
  });

  test("what was to be called is called after as much more time as was left", () => {
    let called = false;
    after(3000, () => (called = true));
    vi.advanceTimersByTime(1000);
    skew = 60_000;
    vi.advanceTimersByTime(1900);
    expect(called).toBe(false);
    vi.advanceTimersByTime(1200);
    expect(called).toBe(true);
  });

  test("a deadline that was passed meanwhile is not judged", () => {
    using bound = deadline(2000);
    vi.advanceTimersByTime(500);
    skew = 10_000;
    vi.advanceTimersByTime(1300);
    expect(bound.passed).toBe(false);
    // Since when it stood still is known to a second.
    vi.advanceTimersByTime(1300);
    expect(bound.passed).toBe(true);
  });

  test("a short hold-up is no stall, and neither is a quiet hour", () => {
    const before = now();
    skew = 200;
    vi.advanceTimersByTime(3_600_000);
    expect(now() - before).toBeCloseTo(3_600_200, 0);
    expect(told).toEqual([]);
  });

  test("a step of the wall clock changes nothing", () => {
    const before = now();
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(1000);
    expect(now() - before).toBeCloseTo(1000, 0);
    expect(told).toEqual([]);
  });
});

test("where nobody watches, the clock is the system's", () => {
  const before = now();
  putOn(() => 50_000);
  expect(now() - before).toBeGreaterThan(49_000);
  vi.restoreAllMocks();
});
