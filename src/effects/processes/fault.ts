// What keeps a command from being run: its directory, its program, or the interpreter that a script names.

import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Exit, Failure } from "../../core/failure.ts";
import { neededProgram } from "./shell-program.ts";
import type { Spawn } from "./spec.ts";

/** What would keep the command from being started: its directory or its program; undefined: nothing seen. */
export function findFault({ command, cwd, env }: Pick<Spawn, "command" | "cwd" | "env">): Failure | undefined {
  if (statOf(cwd)?.isDirectory() !== true) return { kind: "no-directory", path: cwd };
  const program = programOf(command);
  return program === undefined ? undefined : programFault(program, cwd, env["PATH"]);
}

/** `findFault` for many commands at one moment: a program is looked for once, which takes the whole PATH. */
export function newFaultFinder(): typeof findFault {
  const known = new Map<string, Failure | undefined>();
  return (spec) => {
    const key = JSON.stringify([programOf(spec.command), spec.cwd, spec.env["PATH"]]);
    if (!known.has(key)) known.set(key, findFault(spec));
    return known.get(key);
  };
}

/** What the system found too large to start a program with: its words and variables, each of them and all together. */
export function wordsOnSize({ command, env }: Pick<Spawn, "command" | "env">): string {
  const words = "args" in command ? command.args : [command.shell];
  const named = [
    ...words.map((word) => ["an argument", word] as const),
    ...Object.entries(env).map(([name, value]) => [`the variable ${name}`, value] as const),
  ];
  const sizes = named.map(([what, text]) => ({ what, bytes: Buffer.byteLength(text) }));
  const largest = sizes.reduce((a, b) => (b.bytes > a.bytes ? b : a), { what: "an argument", bytes: 0 });
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const size = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
  return `its arguments and variables are larger than the system takes: ${size(all)} together, of which ${largest.what} ${size(largest.bytes)}`;
}

function programOf(command: Spawn["command"]): string | undefined {
  return "args" in command ? command.args[0] : neededProgram(command.shell);
}

/** A shell's answer to a program it could not run, be it the command's own or the one that wraps it, told apart from any other exit. */
export function shellFault(
  { command, cwd, env }: Pick<Spawn, "command" | "cwd" | "env">,
  exit: Exit,
): Failure | undefined {
  if (exit.code !== 127 && exit.code !== 126) return undefined;
  if ("args" in command) return interpreterFault(command.args[0] ?? "", cwd, env["PATH"]);
  const kind = exit.code === 127 ? "command-not-found" : "not-executable";
  const program = neededProgram(command.shell);
  const fault = program === undefined ? undefined : programFault(program, cwd, env["PATH"]);
  // What else of the string it was, the shell has said.
  return fault?.kind === kind ? fault : { kind, command: command.shell };
}

function programFault(program: string, cwd: string, path: string | undefined): Failure | undefined {
  const files = filesOf(program, cwd, path);
  if (files.length === 0) return { kind: "command-not-found", command: program };
  return files.some(isExecutable) ? undefined : { kind: "not-executable", command: program };
}

/** A script whose first line names an interpreter that cannot be run; a program that itself ends with 127 is not judged. */
function interpreterFault(program: string, cwd: string, path: string | undefined): Failure | undefined {
  const file = filesOf(program, cwd, path).find(isExecutable);
  const interpreter = file === undefined ? undefined : /^#!\s*(\S+)/.exec(beginningOf(file))?.[1];
  return interpreter === undefined ? undefined : programFault(interpreter, cwd, path);
}

function filesOf(program: string, cwd: string, path: string | undefined): readonly string[] {
  const candidates = program.includes("/")
    ? [isAbsolute(program) ? program : resolve(cwd, program)]
    : (path ?? "/usr/local/bin:/usr/bin:/bin")
        .split(delimiter)
        .map((directory) => join(resolve(cwd, directory), program));
  return candidates.filter(isFile);
}

function beginningOf(file: string): string {
  let fd: number | undefined;
  try {
    fd = openSync(file, "r");
    const bytes = Buffer.alloc(256);
    return bytes.toString("latin1", 0, readSync(fd, bytes, 0, bytes.length, 0));
  } catch {
    return "";
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Undefined for what is not there or may not be looked at: a shell passes over such an entry of the PATH as well. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
