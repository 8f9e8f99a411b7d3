import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { after, deadline, nextTurn, now, sleep } from "../../../src/effects/clock.ts";

function stall(ms: number): void {
  const until = now() + ms;
  while (now() < until);
}

describe("the clock", () => {
  test("holds delays that a timer of the system cannot", async () => {
    let fired = false;
    using _long = after(2 ** 31 + 10, () => (fired = true));
    using _endless = after(Number.POSITIVE_INFINITY, () => (fired = true));
    await sleep(20);
    expect(fired).toBe(false);
  });

  test("does not call what was disposed before", async () => {
    let fired = false;
    after(0, () => (fired = true))[Symbol.dispose]();
    nextTurn(() => (fired = true))[Symbol.dispose]();
    await sleep(5);
    expect(fired).toBe(false);
  });

  test("ends a sleep with the signal's reason and leaves no listener behind", async () => {
    const controller = new AbortController();
    const long = sleep(60_000, controller.signal);
    await sleep(1, controller.signal);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    controller.abort(new Error("stopped"));
    await expect(long).rejects.toThrow("stopped");
    await expect(sleep(1, controller.signal)).rejects.toThrow("stopped");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});

describe("a deadline", () => {
  test("aborts with a TimeoutError when its time is up", async () => {
    using bound = deadline(5);
    expect(bound.passed).toBe(false);
    await sleep(30);
    expect(bound.passed).toBe(true);
    expect(bound.signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  test("passes on another's end, which is no time-out", () => {
    const controller = new AbortController();
    using bound = deadline(60_000, controller.signal);
    controller.abort(new Error("stopped"));
    expect(bound.signal.reason).toMatchObject({ message: "stopped" });
    expect(bound.passed).toBe(false);
    using late = deadline(60_000, controller.signal);
    expect(late.signal.aborted).toBe(true);
  });

  test("leaves neither timer nor listener behind", async () => {
    const controller = new AbortController();
    const bound = deadline(5, controller.signal);
    bound[Symbol.dispose]();
    await sleep(20);
    expect(bound.signal.aborted).toBe(false);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  test("grants 250 ms more when everything was held up past it", async () => {
    using bound = deadline(20);
    const start = now();
    stall(300);
    await sleep(50);
    expect(bound.passed).toBe(false);
    await new Promise((resolve) => bound.signal.addEventListener("abort", resolve));
    expect(now() - start).toBeGreaterThanOrEqual(540);
  });

  test("reads what has come in time before it judges, even when it is hardly late", async () => {
    // From here on timers come first, then what has come in.
    await new Promise<void>((resolve) => nextTurn(resolve));
    using bound = deadline(10);
    let read = false;
    nextTurn(() => (read = !bound.passed));
    stall(30);
    for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => nextTurn(resolve));
    expect(read).toBe(true);
  });
});
