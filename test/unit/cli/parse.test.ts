// What is read without yargs is read as yargs reads it.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrange } from "../../../src/cli/arrange.ts";
import { type Command, commands, nameOf } from "../../../src/cli/commands.ts";
import { globalOptions } from "../../../src/cli/options.ts";
import { parse } from "../../../src/cli/parse.ts";
import { refuse } from "../../../src/cli/refuse.ts";
import { runByYargs } from "../../../src/cli/parse-fully.ts";

interface Read {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What yargs hands to which command; undefined where it hands nothing to any. */
async function readByYargs(given: readonly string[]): Promise<Read | undefined> {
  const typed = arrange(given, commands);
  let read: Read | undefined;
  const watched = commands.map((command): Command => {
    const run = async (args: Readonly<Record<string, unknown>>): Promise<number> => {
      const { $0: _program, ...given } = args;
      read = { command: nameOf(command), args: given };
      return 0;
    };
    return { ...command, load: async () => ({ run }) };
  });
  await runByYargs(typed, watched).catch(() => undefined);
  return read;
}

function readByItself(given: readonly string[]): Read | undefined {
  const typed = arrange(given, commands);
  const parsed = parse(typed, commands);
  try {
    if (parsed !== undefined) refuse(parsed.command, parsed.args, typed);
  } catch {
    return undefined;
  }
  return parsed && { command: nameOf(parsed.command), args: parsed.args };
}

describe("is read without yargs, and as yargs reads it", () => {
  test.each([
    "",
    "api web",
    "up api -q",
    "--check-only",
    "--check-only --json -C some/where",
    "-f a.yaml -f b.yaml --file=c.yaml api",
    "--non-interactive --timeout 90s --report=run.xml",
    "--no-deps --no-dotenv --no-color --strict-ports api",
    "--on-conflict next --on-failure continue",
    "-qd --wait",
    "--profile a --profile b,c --except web --services a,b",
    "0 1 007",
    "run api -- npm test --check-only -f",
    "run -- sh",
    "logs api -n 20 --level warn --since 10m",
    "logs --follow",
    "stop status logs",
    "status",
    "available 3000 --strict",
    "available",
    "kill :3000 -y --grace 1s",
    "notify ready",
    "notify status all is well",
    "graph --format=mermaid",
    "up --engine --plain",
    "--profile x logs",
    "--strict-ports run api -- true",
  ])("launch %s", async (line) => {
    const typed = line.split(" ").filter((word) => word !== "");
    expect(readByItself(typed)).toEqual(await readByYargs(typed));
    expect(readByItself(typed)).toBeDefined();
  });
});

describe("is left to yargs", () => {
  test.each([
    "--help",
    "-h",
    "-qh",
    "help",
    "api help",
    "--version",
    "--typo",
    "status --check-only",
    "down api",
    "why",
    "kill",
    "kill a b",
    "--timeout",
    "--timeout --json",
    "--on-conflict never",
    "--timeout 1s --timeout 2s",
    "--instance other",
    "-f",
    "--get-yargs-completions launch",
    "--on-failure stop",
    "-- echo hi",
    "--no-services",
    "--json=maybe",
    "--report=",
    "-c x",
    "-cx",
    "-v",
  ])("launch %s", (line) => {
    expect(readByItself(line.split(" "))).toBeUndefined();
  });
});

test("whatever is typed, what is read is what yargs reads", async () => {
  const options = Object.entries({ ...globalOptions, ...Object.assign({}, ...commands.map((one) => one.options)) });
  const names = options.flatMap(([name, option]) => [
    `--${name}`,
    `--no-${name}`,
    ...[(option as { alias?: string | string[] }).alias ?? []].flat().map((alias) => `-${alias}`),
  ]);
  const values = ["api", "x.yaml", "5", "-5", "true", "false", "next", "1s", "", "a=b", "a.b", "help", "--", "-", "é"];
  const word = fc.oneof(
    fc.constantFrom(...names),
    fc.constantFrom(...values),
    fc.constantFrom(...commands.map(nameOf)),
    fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)).map(([name, value]) => `${name}=${value}`),
    fc.string({ maxLength: 4 }),
  );
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (typed) => {
      const read = readByItself(typed);
      if (read === undefined) return;
      plain++;
      expect(read).toEqual(await readByYargs(typed));
    }),
    { numRuns: 400 },
  );
  expect(plain).toBeGreaterThan(20);
});
