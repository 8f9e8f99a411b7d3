import { parseEnv } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEnvText } from "../../../src/manifest/env-text.ts";
import { presentProblems, renderProblem } from "../../../src/manifest/problem.ts";

const valuesOf = (text: string): Readonly<Record<string, string>> => {
  const { values, problems } = parseEnvText(text, "/p/.env");
  expect(problems).toEqual([]);
  return values;
};
const toldOf = (text: string): readonly string[] =>
  parseEnvText(text, "/p/.env").problems.map((problem) => renderProblem(problem, "/p").split("\n", 1)[0] ?? "");

describe("a value", () => {
  it.each([
    ["A=1", "1"],
    ["A = two words ", "two words"],
    ["  export A=1", "1"],
    ["export\tA=1", "1"],
    ["A=", ""],
    ["A= \t", ""],
    ["A=x=y==", "x=y=="],
    ["A=ab#12", "ab#12"],
    ["A=#ff0000", "#ff0000"],
    ["A=http://h/p#top # a note", "http://h/p#top"],
    ["A=x\t#y", "x"],
    ["A= # nothing", ""],
    ["A=a\"b'c`d", "a\"b'c`d"],
    ['A={"n": 1}', '{"n": 1}'],
    [String.raw`A=C:\new`, String.raw`C:\new`],
    ["A=$HOME ${X}", "$HOME ${X}"],
    ["A=''", ""],
    ["A='x # y'", "x # y"],
    ["A='x' # y", "x"],
    ["A=' x '", " x "],
    ['A="x\'y`z"', "x'y`z"],
    ["A=`x\"y'z`", "x\"y'z"],
    [String.raw`A="l1\nl2"`, "l1\nl2"],
    [String.raw`A='l1\nl2'`, String.raw`l1\nl2`],
    ['A="l1\nl2\n"', "l1\nl2\n"],
    ['A="l1\n# l2\nB=3"', "l1\n# l2\nB=3"],
    ['A="l1\r\nl2"\r\n', "l1\nl2"],
    ["A=x\r\n", "x"],
    ["A=x # y\r\n", "x"],
    ["A=a\u00a0", "a\u00a0"],
  ])("in %j is %j", (text, value) => {
    expect(valuesOf(text)).toEqual({ A: value });
  });
});

describe("a file", () => {
  it.each([
    [
      "ends each value with its line, an empty one too",
      "A= \nB=2\nC=\nD=\r\nE=5",
      { A: "", B: "2", C: "", D: "", E: "5" },
    ],
    ["may have blank lines and comments", "\n  \n# A=1\n\t# c\n#\nA=1\n\n", { A: "1" }],
    ["says what it says last", "A=1\nA=2", { A: "2" }],
    ["takes names with dots and dashes", "H.I-J=1", { "H.I-J": "1" }],
    ["may be empty", "", {}],
  ])("%s", (_, text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it("is read as Node reads it, where only plain values, quotes and comments on lines of their own are in it", () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/);
    const word = fc.stringMatching(/^[a-z0-9=:/.,@%+-]{0,8}$/);
    const line = fc.oneof(
      fc.tuple(fc.constantFrom("", "export "), name, word).map((parts) => `${parts[0]}${parts[1]}=${parts[2]}`),
      fc.tuple(name, fc.constantFrom('"', "'", "`"), word, word).map(([n, q, a, b]) => `${n}=${q}${a} # ${b}${q}`),
      word.map((text) => `# ${text}`),
      fc.constant(""),
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom("\n", "\r\n"), (lines, end) => {
        const text = lines.map((each) => each + end).join("");
        // What Node makes of an empty value it takes from the next line.
        fc.pre(!/=\r?\n/.test(text));
        expect(valuesOf(text)).toEqual({ ...parseEnv(text) });
      }),
      { numRuns: 50 },
    );
  });

  it("gives every value back that it was quoted with, whatever is in it", () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((text) => !/['\0\r]/.test(text))), (values) => {
        const text = values.map((value, index) => `V${index}='${value}' # c`).join("\n");
        expect(Object.values(valuesOf(text))).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what is no line of an env file", () => {
  it.each([
    ["A=1\n\n# c\nnot a line\nB=2", [".env:4:1 it is no NAME=value, and no comment"]],
    ["A: 1", [".env:1:1 it is no NAME=value, and no comment"]],
    ["  export A", [".env:1:3 it is no NAME=value, and no comment"]],
    ["=5\n1A=1", [".env:1:1 it is no NAME=value, and no comment", ".env:2:1 it is no NAME=value, and no comment"]],
    [
      'A=1\n B="x\nnot told\nC=2\nD',
      ['.env:2:4 its quote " is never closed', ".env:5:1 it is no NAME=value, and no comment"],
    ],
    ['A="x\nB=2\nC="y"\n', ['.env:1:3 its quote " is closed 2 lines below, and something follows there']],
    ["A='x\nB='y'\n", [".env:1:3 its quote ' is closed in the next line, and something follows there"]],
    [
      String.raw`A="{\"n\":1}"` + "\nB='it\\'s'\nC='a\\'",
      [
        '.env:1:6 the quote closes the value, for a backslash before " means itself',
        ".env:2:7 the quote closes the value, for a backslash before ' means itself",
      ],
    ],
    [
      "A='x' y\nB='x'#y\nC=1",
      [".env:1:6 something follows the closing quote", ".env:2:6 something follows the closing quote"],
    ],
    ["A=1\rB=2\r", [".env:1:4 a carriage return ends no line by itself"]],
    [
      "# c\rA=1\nB",
      [".env:1:4 a carriage return ends no line by itself", ".env:2:1 it is no NAME=value, and no comment"],
    ],
    ["A='x\ry'", [".env:1:5 a carriage return ends no line by itself"]],
    ["A=1\nB=\0", [".env:2:3 a NUL byte is no text"]],
  ])("is told with its place, each in %j", (text, told) => {
    expect(toldOf(text)).toEqual(told);
  });
});

it.each([
  ["A=${B}", [".env:1:3 ${B} is not rendered in an env file, and stays as it is"]],
  ['X=1\nA="x ${B:-y}"', [".env:2:6 ${B} is not rendered in an env file, and stays as it is"]],
  ["A='${B}'\nC=$B pa$$word ${\n# ${D}\nE=x # ${F}", []],
])("what other readers would render is doubted: %j", (text, told) => {
  const { problems, warnings } = parseEnvText(text, "/p/.env");
  expect(problems).toEqual([]);
  expect(warnings.map((warning) => renderProblem(warning, "/p").split("\n", 1)[0])).toEqual(told);
});

it("a line that may hold a secret is not shown for a doubt", () => {
  const { source, warnings } = parseEnvText("URL=postgres://me:secret@${HOST}/x", "/p/.env");
  const [shown] = presentProblems(warnings, new Map([["/p/.env", source]]));
  expect(shown && renderProblem(shown, "/p")).toMatch(/^\.env:1:26 \$\{HOST\} is not rendered/);
  expect(JSON.stringify(shown)).not.toContain("secret");
});
