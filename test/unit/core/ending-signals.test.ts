import { constants } from "node:os";
import { expect, test } from "vitest";
import { codeOfSignal, endingSignals, newRequestCounter } from "../../../src/core/ending-signals.ts";

test("requests within 300 ms of the last one that counted are that one", () => {
  const { next } = newRequestCounter();
  expect([1000, 1000, 1020, 1299, 1300, 1599, 1600, 9000].map(next)).toEqual([
    1,
    undefined,
    undefined,
    undefined,
    2,
    undefined,
    3,
    4,
  ]);
});

test("the time that the last request took to be dealt with does not make another one of what came with it", () => {
  const { next, handled } = newRequestCounter();
  expect(next(1000)).toBe(1);
  handled(1900);
  expect([1901, 2199, 2200].map(next)).toEqual([undefined, undefined, 2]);
});

test("the exit code of a signal is 128 and the system's number of it", () => {
  for (const signal of endingSignals) {
    // Other systems have other numbers for the rare ones, or none.
    if (process.platform === "linux") expect(codeOfSignal(signal)).toBe(128 + constants.signals[signal]);
  }
});
