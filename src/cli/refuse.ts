// What a parser lets through and no command should be given.

import type { Options } from "yargs";
import type { Command } from "./commands.ts";
import { globalOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** Throws a `UsageError` for arguments that cannot be meant; `typed` are the words that they were read from. */
export function refuse(
  { options, takesCommand, mayBeEmpty }: Command,
  args: Readonly<Record<string, unknown>>,
  typed: readonly string[],
): void {
  const { "--": rest, ...own } = args;
  if (Array.isArray(rest) && rest.length > 0 && takesCommand !== true) {
    throw new UsageError(
      `What follows -- is a command, and only launch run takes one: launch run -- ${rest.join(" ")}`,
    );
  }
  for (const [name, option] of Object.entries<Options>({ ...globalOptions, ...options })) {
    const value = args[name];
    if (option.type === "boolean") refuseValue(name, typed);
    else if (value === false || (Array.isArray(value) && value.includes(false))) {
      throw new UsageError(`Unknown argument: no-${name}`);
    } else if (Array.isArray(value) && option.array !== true) throw new UsageError(`--${name} is given twice.`);
  }
  if (mayBeEmpty !== true && Object.values(own).flat().includes("")) {
    throw new UsageError("An argument is empty. Is a variable not set?");
  }
}

/** `--json=maybe` is neither. */
function refuseValue(name: string, typed: readonly string[]): void {
  const end = typed.indexOf("--");
  for (const word of typed.slice(0, end < 0 ? undefined : end)) {
    if (!word.startsWith(`--${name}=`) || /=(?:true|false)$/.test(word)) continue;
    throw new UsageError(`--${name} is true or false, not "${word.slice(name.length + 3)}".`);
  }
}
