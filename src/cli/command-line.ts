// The command line: which command is asked for, and what is said of one that is wrong.

import { printError } from "./print.ts";
import type { ChildProcess } from "node:child_process";
import { nearest } from "../manifest/suggest.ts";
import { arrange } from "./arrange.ts";
import { commands, nameOf, wordsOf } from "./commands.ts";
import { offerEngine } from "./engine-process.ts";
import { launchFailed, unreachable } from "./exit-codes.ts";
import { otherCommand } from "./meant-command.ts";
import { globalOptions } from "./options.ts";
import { otherOptions } from "./other-words.ts";
import { parse } from "./parse.ts";
import { inOurWords } from "./parser-words.ts";
import { refuse } from "./refuse.ts";
import { RunError, UnreachableError, UsageError } from "./usage-error.ts";

/**
 * Parses and runs; answers the exit code. Never throws for what a user typed. `engine` is a process that waits to be the
 * engine; it is ended when the command needs none.
 */
export async function runCommandLine(args: readonly string[], engine?: ChildProcess): Promise<number> {
  offerEngine(engine);
  const typed = arrange(args, commands);
  try {
    const parsed = parse(typed, commands);
    if (parsed === undefined) return await (await import("./parse-fully.ts")).runByYargs(typed, commands);
    refuse(parsed.command, parsed.args, typed);
    const command = await parsed.command.load();
    return await command.run(parsed.args as never);
  } catch (error) {
    if (!isUsageError(error) && !(error instanceof RunError || error instanceof UnreachableError)) throw error;
    const said = inOurWords(error.message, usageOf(typed));
    const more = isUsageError(error) ? `${suggestion(said)}${otherCommandIn(typed)}See launch --help.\n` : "";
    printError(`${said}\n${more}`);
    return error instanceof UnreachableError ? unreachable : failureOf(typed);
  }
}

/** `run` ends with its command's codes, so its own failure has one that commands do not use. */
function failureOf([command]: readonly string[]): number {
  return command === "run" ? launchFailed : 2;
}

/** The usage of the command that was typed; of the one that needs no word where none was. */
function usageOf([first = ""]: readonly string[]): string {
  const command =
    commands.find((one) => wordsOf(one).includes(first)) ?? commands.find(({ usage }) => usage.length > 1);
  return command?.usage[0] ?? "";
}

/** A sentence for a line such as `ps -a`, of which the option is complained of first. */
function otherCommandIn(typed: readonly string[]): string {
  return otherCommand({ service: typed.filter((word) => !word.startsWith("-")).slice(0, 1) }).replace("\n", " ");
}

/** The option that was meant, whose it is, or what there is instead, for words about one that a command does not know. */
function suggestion(message: string): string {
  const [, word = ""] = /^Unknown arguments?: ([\w-]+)/.exec(message) ?? [];
  if (word === "") return "";
  const owners = commands.filter(({ options }) => Object.hasOwn(options, word)).map(nameOf);
  if (owners.length > 0) return `--${word} is for launch ${owners.join(", ")}. `;
  const instead = otherOptions.get(word);
  if (instead !== undefined) return `Here, ${instead}. `;
  const known = [globalOptions, ...commands.map(({ options }) => options)].flatMap((options) => Object.keys(options));
  const meant = nearest(word, known);
  return meant === undefined ? "" : `Did you mean --${meant}? `;
}

/** Ours, or one of yargs' own, which it throws past its `fail` handler at times. */
function isUsageError(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof Error && error.name === "YError");
}
