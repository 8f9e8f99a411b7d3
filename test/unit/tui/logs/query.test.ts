import { describe, expect, it } from "vitest";
import { parseQuery, type Query } from "../../../../src/tui/logs/query.ts";

function query(typed: string): Query {
  const parsed = parseQuery(typed);
  if (parsed === undefined || "problem" in parsed) throw new Error(`${typed} is no query`);
  return parsed;
}

describe("what is typed to search", () => {
  it.each([
    ["error", "an ERROR", true],
    ["Error", "an error", false],
    ["a.b", "axb", false],
    ["grün", "GRÜN", true],
    ["Grün", "grün", false],
    ["/a.b/", "AxB", true],
    ["/A.b/", "axb", false],
    ["/A.b/i", "axb", true],
    ["/\\Sx/", "AX", true],
    ["/^x$/", "x", true],
    ["/api/users", "GET /api/users 200", true],
    ["/", "a/b", true],
    ["!x", "x", true],
  ])("%s in %s: %s", (typed, text, expected) => expect(query(typed).isIn(text)).toBe(expected));

  it("is nothing when nothing is typed", () => {
    expect(parseQuery("")).toBeUndefined();
    expect(parseQuery("!")).toBeUndefined();
  });

  it("knows that it is turned round", () => {
    expect([query("!x").inverted, query("x!").inverted, query("!/x/").inverted]).toEqual([true, false, true]);
  });

  it("says what is wrong with a pattern", () => {
    expect(parseQuery("/(a/")).toEqual({ problem: "not a regular expression: Unterminated group" });
  });

  it("says where it matches", () => {
    expect(query("ab").ranges("ab xABab")).toEqual([
      [0, 2],
      [4, 6],
      [6, 8],
    ]);
    expect(query("/x*/").ranges("axxb")).toEqual([[1, 3]]);
  });
});

it("finds letters of either case at their place, also behind one that is longer when small", () => {
  const found = query(String.raw`/al\w+/`);
  expect(found.ranges("İ ALICE, alien")).toEqual([
    [2, 7],
    [9, 14],
  ]);
  expect(found.isIn("İ ALICE")).toBe(true);
});
