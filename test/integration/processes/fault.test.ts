import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFault, newFaultFinder, wordsOnSize } from "../../../src/effects/processes/fault.ts";
import { newProject } from "../../helpers/project.ts";

test("a finder tells of each command what is told of it alone, and remembers it", async () => {
  await using project = newProject({ services: {} }, { "a/run": "#!/bin/sh\n", "b/run": "#!/bin/sh\n" });
  const of = (...parts: string[]): string => join(project.directory, ...parts);
  chmodSync(of("a/run"), 0o755);
  const specs = [
    { command: { args: ["run", "one"] }, cwd: of("."), env: { PATH: of("a") } },
    { command: { shell: "run two" }, cwd: of("."), env: { PATH: of("a") } },
    { command: { args: ["run"] }, cwd: of("."), env: { PATH: of("b") } },
    { command: { args: ["./run"] }, cwd: of("a"), env: {} },
    { command: { args: ["./run"] }, cwd: of("b"), env: {} },
    { command: { args: ["run"] }, cwd: of("nowhere"), env: { PATH: of("a") } },
    { command: { shell: "for x in 1; do :; done" }, cwd: of("."), env: {} },
    { command: { args: [""] }, cwd: of("."), env: {} },
  ];
  const find = newFaultFinder();
  const told = specs.map((spec) => find(spec));
  expect(told).toEqual(specs.map((spec) => findFault(spec)));
  expect(told.map((fault) => fault?.kind)).toEqual([
    undefined,
    undefined,
    "not-executable",
    undefined,
    "not-executable",
    "no-directory",
    undefined,
    "command-not-found",
  ]);
  chmodSync(of("a/run"), 0o644);
  expect(specs.map((spec) => find(spec))).toEqual(told);
});

test("what is too large to start a program with is told with its largest part", () => {
  const env = { SMALL: "x", LARGE: "x".repeat(200 * 1024) };
  expect(wordsOnSize({ command: { shell: "run" }, env })).toBe(
    "its arguments and variables are larger than the system takes: 201 KiB together, of which the variable LARGE 200 KiB",
  );
  expect(wordsOnSize({ command: { args: ["run", "é".repeat(1024)] }, env: {} })).toMatch(
    /: 3 KiB together, of which an argument 2 KiB$/,
  );
});
