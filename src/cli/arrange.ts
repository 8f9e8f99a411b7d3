// Finds the command among the words that were typed, whatever options stand before it, and puts it first: which of them take a
// value is known only with the options of all commands together.

import type { Options } from "yargs";
import { type Command, wordsOf } from "./commands.ts";
import { withFollow } from "./logs/arguments.ts";
import { globalOptions } from "./options.ts";

/** The words with the command's own first, where there is one; nothing else changes place. */
export function arrange(typed: readonly string[], commands: readonly Command[]): string[] {
  const at = commandAt(typed, commands);
  const word = typed[at];
  if (word === undefined) return [...typed];
  const behind = typed.slice(at + 1);
  return [word, ...typed.slice(0, at), ...(word === "logs" ? withFollow(behind) : behind)];
}

/** The first word that is neither an option nor the value of one, if it is a command's; else -1. */
function commandAt(typed: readonly string[], commands: readonly Command[]): number {
  const words = new Set(commands.flatMap(wordsOf));
  const isCommand = (word: string | undefined): boolean => word !== undefined && words.has(word);
  if (isCommand(typed[0]) || !typed.some(isCommand)) return isCommand(typed[0]) ? 0 : -1;
  const valued = withValue(commands);
  for (let at = 0; at < typed.length; at++) {
    const word = typed[at] ?? "";
    if (word === "--") return -1;
    if (!word.startsWith("-") || word === "-") return isCommand(word) ? at : -1;
    if (takesNext(word, valued)) at++;
  }
  return -1;
}

/** Whether the word after this option is its value; `-C` within `-qC` is the last of a cluster. */
function takesNext(option: string, valued: ReadonlySet<string>): boolean {
  if (option.includes("=")) return false;
  if (option.startsWith("--")) return valued.has(option.slice(2));
  const letters = option.slice(1).split("");
  return letters.findIndex((letter) => valued.has(letter)) === letters.length - 1;
}

/** The names and letters of options that want a value. */
function withValue(commands: readonly Command[]): ReadonlySet<string> {
  const tables = [globalOptions, ...commands.map(({ options }) => options)];
  const options = tables.flatMap((table) => Object.entries<Options>(table));
  return new Set(
    options.flatMap(([name, { type, alias = [] }]) => (type === "boolean" ? [] : [name, ...[alias].flat()])),
  );
}
