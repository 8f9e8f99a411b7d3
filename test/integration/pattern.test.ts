import { expect, test } from "vitest";
import { isLinear } from "../../src/core/linear.ts";
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

const unbounded = [
  String.raw`(?=a)(a+)+$`,
  String.raw`(?!b)(a+)+$`,
  String.raw`(a+)+\1$`,
  String.raw`(?<n>a+)+\k<n>$`,
  "(a{1,30}){1,30}$",
  "(?i:(a+)+)$",
];

test.each(unbounded)("%s, which nothing bounds, is not searched for", (source) => {
  boundPatterns();
  expect(isLinear(source)).toBe(false);
  expect(parseQuery(`/${source}/`)).toMatchObject({ problem: expect.stringContaining("could take for ever") });
});

test.each([
  ...patterns.map(([source]) => source),
  "Listening on (.*)",
  String.raw`^\[\w+\] port \d{4,5}$`,
  "a|b",
  "[^x]+",
])("%s is bounded", (source) => {
  boundPatterns();
  expect(isLinear(source)).toBe(true);
});

test("what is no pattern is told elsewhere", () => {
  boundPatterns();
  expect(isLinear("(")).toBe(true);
});
