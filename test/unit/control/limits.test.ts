import { expect, it } from "vitest";
import { newLimits } from "../../../src/control/limits.ts";

const mb = 2 ** 20;

it("all who have begun a line share what may be held, and each has a little to itself", () => {
  const limits = newLimits();
  const greedy = Array.from({ length: 6 }, () => limits.newAllowance());
  expect(greedy.map(({ mayHold }) => mayHold(4 * mb))).toEqual([true, true, true, true, false, false]);
  const modest = limits.newAllowance();
  expect(modest.mayHold(64 * 1024)).toBe(true);
  expect(modest.mayHold(mb)).toBe(false);
  // A line that is over, or a face that goes, makes room.
  expect(greedy[0]?.mayHold(0)).toBe(true);
  expect(modest.mayHold(mb)).toBe(true);
  greedy[1]?.end();
  expect(greedy[4]?.mayHold(4 * mb)).toBe(true);
});

it("what waits to be read is shared likewise", () => {
  const limits = newLimits();
  const slow = Array.from({ length: 5 }, () => limits.newAllowance());
  expect(slow.map(({ mayWait }) => mayWait(16 * mb))).toEqual([true, true, true, true, false]);
  expect(slow[4]?.mayWait(1000)).toBe(true);
  expect(slow[4]?.mayHold(4 * mb)).toBe(true);
});
