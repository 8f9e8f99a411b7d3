import { describe, expect, it } from "vitest";
import { excerptOf, presentProblems, renderProblem, type Problem } from "../../../src/manifest/problem.ts";
import type { Source } from "../../../src/manifest/source.ts";

function sourceOf(text: string, file = "/p/services.yaml"): Source {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return { file, text, lineStarts };
}

const at = (line: number, column: number, file = "/p/services.yaml") => ({ file, line, column });

describe("a problem as it is printed", () => {
  it("has its place, its words, the line with a caret, and what to do", () => {
    const problem: Problem = {
      place: at(2, 3),
      message: "no",
      remedy: "Do this.\n\nOr that.",
      excerpt: { text: "  port: x", caret: 2 },
    };
    expect(renderProblem(problem, "/p")).toBe("services.yaml:2:3 no\n    port: x\n    ^\n  Do this.\n\n  Or that.");
  });

  it.each([
    ["/p", "services.yaml:1:1 no"],
    ["/p/a/b", "/p/services.yaml:1:1 no"],
    ["/", "p/services.yaml:1:1 no"],
    ["/q", "/p/services.yaml:1:1 no"],
  ])("names the file as is shorter, from %s", (cwd, words) => {
    expect(renderProblem({ place: at(1, 1), message: "no" }, cwd)).toBe(words);
  });

  it("has no place where it has none, and shows what would move the cursor", () => {
    expect(renderProblem({ message: "a\tb\u001b[2J\u202e\u0085" }, "/p")).toBe("a b␛[2J\ufffd\ufffd");
  });
});

describe("the line of a place", () => {
  it.each([
    [at(1, 1), "one", 0],
    [at(2, 3), "two", 2],
    [at(2, 9), "two", 3],
    [at(3, 1), "", 0],
  ])("%o", (place, text, caret) => {
    expect(excerptOf(sourceOf("one\ntwo\r\n"), place)).toEqual({
      text,
      caret: text === "two" && caret === 3 ? 4 : caret,
    });
  });

  it("is none where the file has no such line", () => {
    expect(excerptOf(sourceOf("one"), at(2, 1))).toBeUndefined();
  });

  const long = Array.from({ length: 300 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join("");
  const letter = (index: number): string => long[index] ?? "";

  it.each([
    [1, false, true],
    [50, false, true],
    [51, false, true],
    [52, true, true],
    [150, true, true],
    [250, true, true],
    [251, true, false],
    [300, true, false],
  ])("is a hundred letters of a long one, with the caret under column %i", (column, isCutBefore, isCutAfter) => {
    const { text, caret } = excerptOf(sourceOf(`${long}\nnext`), at(1, column))!;
    expect(text[caret]).toBe(letter(column - 1));
    expect([text.startsWith("…"), text.endsWith("…")]).toEqual([isCutBefore, isCutAfter]);
    expect(text.replaceAll("…", "")).toHaveLength(100);
  });

  it("is whole up to a hundred letters", () => {
    expect(excerptOf(sourceOf(long.slice(0, 100)), at(1, 100))).toEqual({ text: long.slice(0, 100), caret: 99 });
    expect(excerptOf(sourceOf(long.slice(0, 101)), at(1, 101))?.text).toMatch(/^…/);
  });
});

describe("all problems together", () => {
  const sources = new Map([
    ["/p/services.yaml", sourceOf("one\ntwo\nthree")],
    ["/p/services.override.yaml", sourceOf("over", "/p/services.override.yaml")],
  ]);
  const shown = (problems: readonly Problem[]): readonly string[] =>
    presentProblems(problems, sources).map((problem) => renderProblem(problem, "/p"));

  it("are told in the order of files, lines and columns, those of no place first, one for each place", () => {
    const problems: readonly Problem[] = [
      { place: at(1, 1, "/p/services.override.yaml"), message: "f" },
      { place: at(2, 2), message: "d" },
      { place: at(3, 1), message: "e" },
      { place: at(2, 1), message: "c" },
      { place: at(1, 3), message: "b" },
      { message: "a" },
      { place: at(2, 1), message: "again" },
      { message: "a" },
      { message: "aa" },
    ];
    expect(shown(problems).map((words) => words.split("\n")[0])).toEqual([
      "a",
      "aa",
      "services.yaml:1:3 b",
      "services.yaml:2:1 c",
      "services.yaml:2:2 d",
      "services.yaml:3:1 e",
      "services.override.yaml:1:1 f",
    ]);
    expect(shown(problems)[4]).toBe("services.yaml:2:2 d\n  two\n   ^");
  });

  it("are a hundred at most, and the rest is counted", () => {
    const many = (count: number): readonly Problem[] =>
      Array.from({ length: count }, (_, index) => ({ message: `no ${index}` }));
    expect(shown(many(100))).toHaveLength(100);
    expect(shown(many(100)).at(-1)).toBe("no 99");
    expect(shown(many(103)).slice(99)).toEqual(["no 99", "and 3 more problems, not shown"]);
  });

  it("have a long remedy once, and short ones each", () => {
    const remedy = "x".repeat(121);
    const [one, two] = [
      { message: "a", remedy },
      { message: "b", remedy },
    ];
    expect(shown([one, two])).toEqual([`a\n  ${remedy}`, "b"]);
    const short = remedy.slice(1);
    expect(
      shown([
        { ...one, remedy: short },
        { ...two, remedy: short },
      ]),
    ).toEqual([`a\n  ${short}`, `b\n  ${short}`]);
  });
});
