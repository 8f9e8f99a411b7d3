import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRing } from "../../../src/effects/logs/ring.ts";

function batch(content: string, continued = false) {
  return { bytes: Buffer.from(content), continued, origin: "program" as const };
}

test("gives the last lines, oldest first", () => {
  const ring = createRing();
  ring.push(batch("one\ntwo\n"));
  ring.push(batch("three\n"));
  expect(ring.last(2)).toEqual(["two", "three"]);
  expect(ring.last(10)).toEqual(["one", "two", "three"]);
  expect(ring.last(0)).toEqual([]);
});

test("joins a line that came in parts, and keeps apart what belongs to another run", () => {
  const ring = createRing();
  ring.push(batch("unfin"));
  ring.push(batch("ished\ncut off", true));
  ring.push(batch("new run\n"));
  expect(ring.last(3)).toEqual(["unfinished", "cut off", "new run"]);
});

test("drops the oldest bytes, and with them the rest of a line whose start is gone", () => {
  const ring = createRing(16);
  ring.push(batch("aaaa\nbbbb\ncccc\n"));
  ring.push(batch("dddd\n"));
  expect(ring.last(9)).toEqual(["bbbb", "cccc", "dddd"]);
});

test("shows the end of a line that is longer than the whole ring", () => {
  const ring = createRing(8);
  ring.push(batch(`${"x".repeat(100)}the end\n`));
  expect(ring.last(1)).toEqual(["the end"]);
});

test("holds what a list of the same bytes would hold", () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "é"), maxLength: 30, size: "max" }), {
    maxLength: 8,
    size: "max",
  });
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 40, size: "max" }), fc.integer({ min: 1, max: 20 }), (batches, wanted) => {
      const limit = 512;
      const ring = createRing(limit);
      const all = batches.flat();
      for (const some of batches) ring.push(batch(some.map((line) => `${line}\n`).join("")));
      const last = ring.last(wanted);
      expect(last).toEqual(all.slice(all.length - last.length));
      const fitting = all.slice(-wanted).reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0) < limit - 62;
      if (fitting) expect(last).toHaveLength(Math.min(wanted, all.length));
    }),
  );
});
