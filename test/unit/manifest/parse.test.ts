import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../src/manifest/yaml/parse.ts";
import { toPlain } from "../../../src/manifest/tree.ts";
import type { Tree } from "../../../src/manifest/tree.ts";

const file = "/services.yaml";
const plain = (text: string): unknown => {
  const { tree, problems } = parseYaml(text, file);
  return tree === undefined ? expect.fail(JSON.stringify(problems)) : toPlain(tree);
};
const told = (text: string): readonly string[] =>
  parseYaml(text, file).problems.map(({ place, message }) => `${place?.line}:${place?.column} ${message}`);

describe("reading YAML", () => {
  it("follows anchors, aliases and merge keys, what is written in the map itself winning", () => {
    const text = "x-a: &a {p: 1, q: 2}\nx-b: &b {q: 3, r: 4}\nm: {<<: [*a, *b], p: 0}\nn: {<<: *b}\nl: [*a]";
    expect(plain(text)).toMatchObject({ m: { p: 0, q: 2, r: 4 }, n: { q: 3, r: 4 }, l: [{ p: 1, q: 2 }] });
  });

  it("takes keys as they are written", () => {
    const expected = { "8080": "a", true: "b", "1.10": "c", d: "e", constructor: "f" };
    expect(plain("8080: a\ntrue: b\n1.10: c\n&x d: e\nconstructor: f")).toEqual(expected);
  });

  it("keeps the text of numbers beside their value", () => {
    const { tree } = parseYaml("1.10", file);
    expect(tree).toMatchObject({ kind: "scalar", value: 1.1, source: "1.10" });
  });

  it("takes what the core tags say, and what is in quotes as text", () => {
    const text = 'a: !!str 8080\nb: ! 1\nc: !!int "0x1F"\nd: !!map {}\ne: "~"\nf: ~\ng: .5\nh: True\ni: yes';
    const values = { a: "8080", b: "1", c: 31, d: {}, e: "~", f: null, g: 0.5, h: true, i: "yes" };
    expect(plain(text)).toEqual(values);
  });

  it("knows where each value begins, and names the key where none is written", () => {
    const text = '\ufeffa: "x"\r\nb: |\r\n   text\r\nc:\nd: &d\n  - e: 1\nf: *d\n';
    const places: string[] = [];
    const walk = (value: Tree | undefined): void => {
      if (value === undefined) return;
      const { line, column } = value.place;
      places.push(`${value.kind} ${line}:${column}`);
      if (value.kind === "map") for (const entry of value.entries.values()) walk(entry.value);
      if (value.kind === "list") value.items.forEach(walk);
    };
    walk(parseYaml(text, file).tree);
    const list = ["list 6:3", "map 6:5", "scalar 6:8"];
    expect(places).toEqual(["map 1:2", "scalar 1:5", "scalar 3:4", "scalar 4:1", ...list, ...list]);
  });

  it("is no tree and no problem where there are only comments", () => {
    expect(parseYaml("# nothing\n\n", file)).toMatchObject({ problems: [] });
    expect(parseYaml("# nothing\n\n", file)).not.toHaveProperty("tree");
  });

  it.each([
    ["a duplicate key", "a: 1\nb: 2\na: 3", ['3:1 "a" is given twice, first in line 1']],
    [
      "duplicate keys at any depth, all of them",
      "a: {x: 1, x: 2, x: 3}",
      ['1:11 "x" is given twice, first in line 1', '1:17 "x" is given twice, first in line 1'],
    ],
    ["a tab as indentation", "a:\n\tb: 1", ["2:1 a tab is used for indentation"]],
    ["a NUL byte", "a: 1\nb: x\0", ["2:5 a NUL byte is no text"]],
    ["a second document", "a: 1\n---\nb: 2", ["2:1 a second YAML document starts here"]],
    ["a map in a plain value", "a: b: c", ["1:4 a map starts where a plain value is being read"]],
    [
      "a duplicate key where it stands, not its anchor",
      "&q a: 1\nb: 2\n*q : 3",
      ['3:1 "a" is given twice, first in line 1'],
    ],
    ["a duplicate key that is not written", "a: 1\n: 2\n: 3", ['3:3 "" is given twice, first in line 2']],
    [
      "a key that JavaScript would lose",
      "a: {b: 1, __proto__: 2}",
      ["1:11 `__proto__` has a meaning of its own in JavaScript and cannot be a key"],
    ],
    ["an unknown alias", "a: *b", ["1:4 no anchor &b stands before this alias"]],
    ["an alias inside its anchor", "a: &a {b: *a}", ["1:11 alias *a stands inside its own anchor &a"]],
    [
      "tags, all of them",
      "a: !env X\nb: !!int x\nc: !reset {}",
      ["1:4 the tag !env is not known", "2:4 what is written here is no !!int", "3:4 the tag !reset is not known"],
    ],
    ["an open quote, where it opens", 'a: 1\nb: "x\nc: 2\n', ["2:4 this quote is never closed"]],
    ["an open bracket, where it opens", "a:\n  b: [x, y\n  c: 1\n", ["2:6 this [ is never closed"]],
    ["an open brace at the end", "a: {b: {c: 1}", ["1:4 this { is never closed"]],
    ["a bracket that closes nothing", "a: [x]]\nb: 1", ["1:7 this ] closes nothing"]],
    [
      "a key one column off",
      "a:\n  b: 1\n c: 2",
      ["3:2 this does not begin in the same column as what stands above it"],
    ],
    ["a line without a colon", "a:\n  b c\n  d: 1", ["2:3 this is no `key: value`"]],
    ["text behind a quoted value", "a: 'it's me'", ["1:8 something follows a value that is complete"]],
    ["a missing comma", "a: {b: c d: 1}", ["1:8 this does not fit between braces or brackets"]],
    ["a tab, without a second word about its line", "a:\n  b: 1\n\tc: 1", ["3:1 a tab is used for indentation"]],
    ["a control character", 'a: "x\u0001"', ["1:6 a control character is no text"]],
    [
      "several faults at once",
      "a: @x\nb: `y",
      [1, 2].map((line) => `${line}:4 plain value cannot start with reserved character ${line === 1 ? "@" : "`"}`),
    ],
    ["a list as a key", "? [a]\n: b", ["1:3 a key must be a word, not a list or a map"]],
    ["a merge of what is no map", "a: {<<: 5}", ["1:9 `<<` takes a map, or a list of maps"]],
  ])("refuses %s", (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });
});

describe("hostile files end at once with an exact message", () => {
  const timed = (text: string): { readonly told: readonly string[]; readonly ms: number } => {
    // What others do on the machine meanwhile is not the parser's.
    const before = process.threadCpuUsage();
    const problems = told(text);
    const { user, system } = process.threadCpuUsage(before);
    return { told: problems, ms: (user + system) / 1000 };
  };

  it("a billion laughs", () => {
    const levels = Array.from(
      { length: 30 },
      (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`,
    );
    const { told: problems, ms } = timed(`a0: &a0 [lol]\n${levels.join("\n")}\n`);
    expect(problems).toEqual(["6:34 aliases stand for more than 100000 values"]);
    expect(ms).toBeLessThan(250);
  });

  it.each([
    ["lists behind a fault", `a: @x\nb: ${"[".repeat(50_000)}`, "1:4 bad indentation of a mapping entry"],
    ["lists", `a: ${"[".repeat(50_000)}`, "1:67 nested more than 64 levels deep"],
    [
      "maps",
      Array.from({ length: 200 }, (_, index) => `${" ".repeat(index)}a:`).join("\n"),
      "64:64 nested more than 64 levels deep",
    ],
    [
      "aliases",
      `a0: &a0 {}\n${Array.from({ length: 100 }, (_, index) => `a${index + 1}: &a${index + 1} {x: *a${index}}`).join("\n")}`,
      "65:11 nested more than 64 levels deep",
    ],
  ])("deeply nested %s", (_, text, expected) => {
    const { told: problems, ms } = timed(text);
    expect(problems[0]).toBe(expected);
    expect(ms).toBeLessThan(250);
  });

  it("more values than anybody writes", () => {
    const { problems } = parseYaml("a: 1\n".repeat(1000), file, 2000);
    expect(problems).toMatchObject([
      { message: "a file of more than 2000 YAML values is not read", place: { line: 1, column: 1 } },
    ]);
  });
});
