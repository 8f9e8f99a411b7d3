import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { expect, it } from "vitest";
import { mutantsOf, mutated } from "../../../scripts/mutation/mutants.ts";
import { sampleOf } from "../../../scripts/mutation/sample.ts";

/** What is tried instead of the text, as it would stand there. */
function instead(source: string): readonly string[] {
  return mutantsOf("some.ts", source).map((mutant) => mutated(source, mutant));
}

it.each([
  ["let a = b <= c", ["let a = b < c"]],
  ['let a = b === "yes"', ['let a = b !== "yes"']],
  ["let a = b && !c", ["let a = b || !c", "let a = b && c"]],
  ["let a = b ?? c", ["let a = (b)", "let a = (c)"]],
  ["let a = b ? c : d", ["let a = (c)", "let a = (d)"]],
  ["if (a) b();", ["if (true) b();", "if (false) b();", "if (a) ;"]],
  ["let a = { ...(b) }", ["let a = { ...{} }"]],
  ["let a = b.some(c)", ["let a = b.every(c)"]],
  ["let a = b.filter(c)", ["let a = b"]],
  ["let a = [b, 1, 2]", ["let a = []"]],
  ["let a = 5 + b", ["let a = 5 - b", "let a = 6 + b"]],
  ["let a = `${b} ms`", ['let a = ""']],
])("%s", (source, mutants) => {
  expect(instead(source)).toEqual(mutants);
});

it.each([
  'import a from "a";',
  'export { a } from "a";',
  'let a: "one" | 1;',
  'type A = { readonly kind: "one" };',
  "let a = { b, 'c-d': e };",
  "let a = b`c`;",
])("nothing is tried in %s", (source) => {
  expect(instead(source)).toEqual([]);
});

it("tells the place as editors do", () => {
  const [mutant] = mutantsOf("some.ts", "\n  let a = !b;");
  expect(mutant).toMatchObject({ file: "some.ts", line: 2, column: 11, before: "!b", after: "b" });
});

it("every mutant of a file is a program", () => {
  const file = join(import.meta.dirname, "../../../src/core/restart.ts");
  const source = readFileSync(file, "utf8");
  const broken = mutantsOf(file, source).filter((mutant) => parseSync(file, mutated(source, mutant)).errors.length > 0);
  expect(broken).toEqual([]);
});

it("a seed takes the same sample again, and another seed another", () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  expect(sampleOf(items, 10, 1)).toEqual(sampleOf(items, 10, 1));
  expect(sampleOf(items, 10, 1)).not.toEqual(sampleOf(items, 10, 2));
  expect(new Set(sampleOf(items, 500, 1))).toEqual(new Set(items));
});
