import * as fc from "fast-check";
import { expect, it } from "vitest";
import { didYouMean, nearest } from "../../../src/manifest/suggest.ts";

it.each([
  ["databse", "database"],
  ["datbaase", "database"],
  ["prot", "port"],
  ["ports", "port"],
  ["por", "port"],
  ["opr", undefined],
  ["x", undefined],
  ["commnad", "command"],
  ["cmd", undefined],
  ["readyness", "readiness"],
  ["redinss", "readiness"],
  ["rediss", undefined],
])("%s means %s", (word, meant) => {
  expect(nearest(word, ["port", "command", "database", "readiness", "zzzz"])).toBe(meant);
});

it("of several the nearest is meant, and of equals the first", () => {
  expect(nearest("services", ["servers", "service", "serviced"])).toBe("service");
  expect(nearest("bat", ["cat", "hat"])).toBe("cat");
  expect(didYouMean("bat", ["cat", "hat"])).toBe('Did you mean "cat"?');
  expect(didYouMean("bat", [])).toBeUndefined();
});

/** Insertions, deletions, replacements and swaps of neighbours, by their definition. */
function distance(from: string, to: string): number {
  if (from === "" || to === "") return from.length + to.length;
  const same = from[0] === to[0] ? 0 : 1;
  const ways = [
    distance(from.slice(1), to) + 1,
    distance(from, to.slice(1)) + 1,
    distance(from.slice(1), to.slice(1)) + same,
  ];
  const isSwap = from.length > 1 && to.length > 1 && from[0] === to[1] && from[1] === to[0];
  if (isSwap) ways.push(distance(from.slice(2), to.slice(2)) + 1);
  return Math.min(...ways);
}

it("a word is meant as far as a third of what was written is wrong, three letters at most", () => {
  const word = fc.stringMatching(/^[abc]{1,6}$/);
  fc.assert(
    fc.property(word, word, (written, known) => {
      const limit = Math.max(1, Math.floor(written.length / 3));
      expect(nearest(written, [known])).toBe(distance(written, known) <= limit ? known : undefined);
    }),
    { numRuns: 300 },
  );
  const long = "abcdefghijklmnop";
  expect(nearest(`${long}xyz`, [long])).toBe(long);
  expect(nearest(`${long}wxyz`, [long])).toBeUndefined();
});
