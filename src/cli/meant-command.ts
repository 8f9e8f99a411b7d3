// A mistyped command is taken for the name of a service; this is said where it is likely.

import { nearest } from "../manifest/suggest.ts";
import { commandWords } from "./early-engine.ts";

/** What yargs makes of a command line: the command's word, if there is one, and what follows it. */
export interface Typed {
  readonly _?: readonly (string | number)[];
  readonly service?: readonly string[] | undefined;
}

/**
 * A line such as `Or did you mean the command: launch stop`, when the first word stands where a command may, is complained of
 * in quotes in `complaint`, and is nearly a command; else nothing.
 */
export function meantCommand({ _: commands = [], service = [] }: Typed, complaint: string): string {
  const [word] = service;
  if (word === undefined || commands.length > 0 || !complaint.includes(`"${word}"`)) return "";
  const command = nearest(word, commandWords);
  return command === undefined ? "" : `Or did you mean the command: launch ${command}\n`;
}
