import { expect, test } from "vitest";
import { planTurns } from "../../../bench/peers/turns.ts";

test("gives everybody as many turns as are enough when there is time", () => {
  const turns = [
    { name: "quick", ms: 10, enough: 5 },
    { name: "slow", ms: 1000, enough: 3 },
  ];
  expect(Object.fromEntries(planTurns(turns, 60_000))).toEqual({ quick: 4, slow: 2 });
});

test("never plans for longer than there is", () => {
  const turns = [70, 30, 110, 45].map((ms) => ({ name: String(ms), ms, enough: 10 }));
  for (let left = 0; left < 2000; left += 37) {
    const planned = planTurns(turns, left);
    const total = turns.reduce((sum, { name, ms }) => sum + ms * (planned.get(name) ?? 0), 0);
    expect(total).toBeLessThanOrEqual(left);
  }
});

test("lets what is too dear stand in nobody's way", () => {
  const turns = [
    { name: "dear", ms: 500, enough: 5 },
    { name: "cheap", ms: 100, enough: 4 },
  ];
  expect(Object.fromEntries(planTurns(turns, 350))).toEqual({ dear: 0, cheap: 3 });
});

test("gives everybody the same of the time, so that the quick have more turns", () => {
  const turns = [
    { name: "dear", ms: 200, enough: 5 },
    { name: "cheap", ms: 100, enough: 5 },
  ];
  expect(Object.fromEntries(planTurns(turns, 600))).toEqual({ dear: 1, cheap: 4 });
});

test("plans nothing when the time is over", () => {
  expect(planTurns([{ name: "any", ms: 1, enough: 5 }], -1000).get("any")).toBe(0);
});

test("gives what is left to the cheaper, who tells more for it", () => {
  const turns = [
    { name: "dear", ms: 200, enough: 5 },
    { name: "cheap", ms: 100, enough: 5 },
  ];
  expect(Object.fromEntries(planTurns(turns, 350))).toEqual({ dear: 0, cheap: 3 });
});
