// The command line as yargs would read it, by its parser alone: quick, and without a word to say. Whatever is not plainly right
// is left to yargs itself (`parse-fully.ts`), which explains it.

import type { Options } from "yargs";
import parser from "yargs-parser";
import { type Command, wordsOf } from "./commands.ts";
import { globalOptions } from "./options.ts";

/** How both read. A service may be called 0, and what is a number says so itself. */
export const parserConfiguration = {
  "populate--": true,
  "parse-numbers": false,
  "parse-positional-numbers": false,
} as const;

/** A command with its arguments, as its `run` takes them. */
export interface Parsed {
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
}

/** An option's name as code has it: `check-only` is `checkOnly`. */
export const { camelCase } = parser;

type OptionTable = Readonly<Record<string, Options>>;

/** The command that is asked for, by the first word, and its arguments; undefined where yargs has to look: at help, mistakes, and what is not plain. */
export function parse(typed: readonly string[], commands: readonly Command[]): Parsed | undefined {
  const [first = "", ...rest] = typed;
  const named = commands.find((command) => wordsOf(command).includes(first));
  const end = typed.indexOf("--");
  const words = typed.slice(0, end < 0 ? undefined : end);
  // yargs may take a later word for the command, where an option before it is not one of all commands.
  if (named === undefined && commands.flatMap(wordsOf).some((word) => words.includes(word))) return undefined;
  const command = named ?? commands.find(({ usage }) => usage.some((one) => one.startsWith("$0")));
  if (command === undefined) return undefined;

  const options: OptionTable = { ...globalOptions, ...command.options };
  const { argv, error } = parser.detailed(named === undefined ? [...typed] : rest, hintsOf(options));
  const { _: positional, ...given } = argv;
  const positionals = place(positional, command);
  if (error !== null || positionals === undefined || !isPlain(given, options)) return undefined;
  return { command, args: { _: named === undefined ? [] : [first], ...given, ...positionals } };
}

function hintsOf(options: OptionTable): parser.Options {
  const of = <Value>(pick: (option: Options) => Value | undefined): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(options).flatMap(([name, option]) => {
        const value = pick(option);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const named = (is: (option: Options) => boolean): string[] =>
    Object.keys(options).filter((name) => is(options[name] ?? {}));
  return {
    alias: of(({ alias }) => alias as string | string[] | undefined),
    array: named(({ array }) => array === true),
    boolean: named(({ type }) => type === "boolean"),
    string: named(({ type }) => type === "string"),
    narg: of(({ nargs, requiresArg }) => nargs ?? (requiresArg === true ? Number.NaN : undefined)),
    default: of((option) => option.default as unknown),
    configuration: parserConfiguration,
  };
}

/** The words that are no options under the names that the command's usage gives them; undefined where they do not fit it. */
function place(words: readonly (string | number)[], { usage }: Command): Readonly<Record<string, unknown>> | undefined {
  const left = words.map(String);
  // yargs takes the first for the help that is asked for, the second for an option.
  if (left.some((word) => word === "help" || word.startsWith("-"))) return undefined;
  const placed: Record<string, unknown> = {};
  for (const [, bracket, name = "", many] of (usage[0] ?? "").matchAll(/([[<])(\w+)(\.\.)?[\]>]/g)) {
    if (bracket === "<" && left.length === 0) return undefined;
    if (many !== undefined && words.length > 0) placed[name] = left.splice(0);
    else if (left.length > 0) placed[name] = left.shift();
  }
  return left.length === 0 ? placed : undefined;
}

/** True when every option is known, given as often as it may be, and one of its choices. */
function isPlain(given: Readonly<Record<string, unknown>>, options: OptionTable): boolean {
  const byName = new Map(
    Object.entries(options).flatMap(([name, option]) =>
      [name, ...[option.alias ?? []].flat()].flatMap((key) => [
        [key, option],
        // A capital letter is an option of its own: made small it would be another.
        [key.length > 1 ? camelCase(key) : key, option],
      ]),
    ),
  );
  return Object.entries(given).every(([name, value]) => {
    if (name === "--") return true;
    const option = byName.get(name);
    if (option === undefined) return false;
    if (value === option.default) return true;
    // What it comes to is worked out by yargs.
    if (option.coerce !== undefined) return false;
    if (option.array === true) return Array.isArray(value) && value.every((one) => typeof one === "string");
    if (option.type === "boolean") return typeof value === "boolean";
    return typeof value === "string" && (option.choices?.includes(value) ?? true);
  });
}
