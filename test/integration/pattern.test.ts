import { expect, test } from "vitest";
import { boundPatterns, newPattern } from "../../src/effects/pattern.ts";
import { parseQuery } from "../../src/tui/logs/query.ts";

// Without a bound each of these takes longer than anybody waits.
const patterns = [
  [String.raw`(a+)+$`, `${"a".repeat(60)}!`],
  [String.raw`^(\w+\s?)+$`, "request from user alice for the list of open orders took longer than we want it to take."],
  [String.raw`(x+x+)+y`, "x".repeat(2000)],
] as const;

test.each(patterns)("%s is answered for a line that nearly matches", (source, line) => {
  expect(newPattern(source).test(line)).toBe(false);
});

test.each(patterns)("/%s/ is, too, where it is searched for", (source, line) => {
  boundPatterns();
  for (const typed of [`/${source}/`, `!/${source}/`, `/${source}/i`]) {
    const query = parseQuery(typed);
    if (query === undefined || "problem" in query) throw new Error(typed);
    expect(query.isIn(line)).toBe(false);
    expect(query.ranges(line.toUpperCase())).toEqual([]);
  }
});
