import { expect, test } from "vitest";
import { collectGarbage } from "../../src/effects/memory.ts";

test("what is no longer used is given back at once", () => {
  let garbage: unknown[] | undefined = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  const before = process.memoryUsage().heapUsed;
  garbage = undefined;
  collectGarbage();
  expect(garbage).toBeUndefined();
  expect(before - process.memoryUsage().heapUsed).toBeGreaterThan(5_000_000);
});
