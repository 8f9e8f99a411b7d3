// A mistyped command, or one of another tool, is taken for the name of a service; what was meant is said where it is likely.

import { nearest } from "../manifest/suggest.ts";
import { commandWords } from "./early-engine.ts";
import { otherCommands } from "./other-words.ts";

/** What yargs makes of a command line: the command's word, if there is one, and what follows it. */
export interface Typed {
  readonly _?: readonly (string | number)[];
  readonly service?: readonly string[] | undefined;
}

/** A line that says what to use instead of another tool's command; nothing for any other word. */
export function otherCommand({ _: commands = [], service = [] }: Typed): string {
  const [word = ""] = service;
  const hint = commands.length > 0 ? undefined : otherCommands.get(word);
  return hint === undefined ? "" : `${word} is no command of launch: ${hint}.\n`;
}

/**
 * A line such as `Or did you mean the command: launch stop`, when the first word stands where a command may, is complained of
 * in quotes in `complaint`, and is nearly a command; else nothing.
 */
export function meantCommand({ _: commands = [], service = [] }: Typed, complaint: string): string {
  const [word] = service;
  if (word === undefined || commands.length > 0 || !complaint.includes(`"${word}"`)) return "";
  if (otherCommands.has(word)) return otherCommand({ service });
  const command = nearest(word, commandWords);
  return command === undefined ? "" : `Or did you mean the command: launch ${command}\n`;
}
