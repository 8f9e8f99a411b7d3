// A program of the person's own machine, none of ours: whether it is there, and the environment that it gets.

import { findFault } from "../processes/fault.ts";

/** What a face was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A program with its arguments. */
export type Words = readonly [string, ...(readonly string[])];

/** True when the program can be started. */
export function isThere(program: string, env: Environment): boolean {
  return findFault({ command: { args: [program] }, cwd: process.cwd(), env: outside(env) }) === undefined;
}

/** The environment without launch's own names, by which its processes are known: what outlives us is not ours to end. */
export function outside(env: Environment): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || name.startsWith("LAUNCH_") ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

/** The words of a command line as a shell would split it: blanks, quotes and backslashes, nothing else; empty: undefined. */
export function splitWords(line: string | undefined): Words | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece, single, double, escaped] of (line ?? "").matchAll(
    /'([^']*)'?|"((?:[^"\\]|\\[^])*)"?|\\([^]?)|\s+|[^\s'"\\]+/g,
  )) {
    if (single !== undefined) word = (word ?? "") + single;
    else if (double !== undefined) word = (word ?? "") + double.replaceAll(/\\(["\\$`])/g, "$1");
    else if (escaped !== undefined) word = (word ?? "") + escaped;
    else if (piece.trim() !== "") word = (word ?? "") + piece;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  const [program, ...rest] = words;
  return program === undefined || program === "" ? undefined : [program, ...rest];
}

/** The base name of a program: `vim` of `/usr/bin/vim`. */
export function baseName(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}
