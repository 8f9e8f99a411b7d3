// The list of faults, their tests, and the table in docs/reliability.md are about the same things.

import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, it } from "vitest";
import { faults } from "../faults/faults.ts";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/reliability.md"), "utf8");

/** Fault number to the test files that try it. */
const tried = new Map<number, string[]>();
for (const file of globSync("test/faults/*.test.ts", { cwd: root })) {
  for (const [, number] of readFileSync(join(root, file), "utf8").matchAll(/^fault\((\d+),/gm)) {
    tried.set(Number(number), [...(tried.get(Number(number)) ?? []), basename(file, ".test.ts")]);
  }
}

it("every fault is tried by one test, and its row names the file", () => {
  const rows = [...page.matchAll(/^\| (\d+) \| ([^|]+) \|.*\| `(\w+)` \|$/gm)];
  expect(rows.map(([, number, name, file]) => [Number(number), name, [file]])).toEqual(
    faults.map(({ number, name }) => [number, name, tried.get(number)]),
  );
});

it("every fault that a machine may not allow is named as one", () => {
  const sentence = /^A machine that does not allow.*$/m.exec(page)?.[0] ?? "";
  const named = [...sentence.matchAll(/\b\d+\b/g)].map(Number);
  expect(named).toEqual(faults.filter(({ needs }) => needs.length > 0).map(({ number }) => number));
});

it("every test that a promise points at exists", () => {
  const paths = [...page.matchAll(/`(test\/[\w/.-]+\.test\.ts)`/g)].map((match) => match[1]!);
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([]);
});
