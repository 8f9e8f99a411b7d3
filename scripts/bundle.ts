// The built scripts as they are run: CommonJS, each with the code that V8 made of it when it was built.
// Parsing and compiling would take half of a start; V8 refuses a cache of another version, and then compiles as ever.

import type { runCommandLine } from "../src/cli/command-line.ts";
import type { CommandScript } from "../src/cli/script-for.ts";

/** A script in memory, run. */
export interface Bundle<Exports> {
  readonly exports: Exports;
  /** The code of every function that has been called so far. */
  createCache(): Buffer;
}

/** The cache's file: what one build of Node made is good for that build alone, and for others is not even read. */
export function cacheFile(name: string): string {
  return `${name}-${process.version}-${process.platform}-${process.arch}.cache`;
}

/** Runs the command line that is in a directory, by the script that fits what is asked of it. */
export function openBundle(
  directory: string,
  script: CommandScript,
): Bundle<{ readonly runCommandLine: typeof runCommandLine }> {
  return openScript(directory, script);
}

/** Runs the script of this name that is in a directory. */
export function openScript<Exports>(directory: string, name: string): Bundle<Exports> {
  // Asked for, not imported: an import reads every export, and some of those load a lot.
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const { Script } = process.getBuiltinModule("node:vm");
  const filename = `${directory}/${name}.cjs`;
  // The script is plain ASCII, and one function expression.
  const source = readFileSync(filename, "latin1");
  const cachedData = readCache();
  const script = new Script(source, { filename, ...(cachedData === undefined ? {} : { cachedData }) });
  const module = { exports: {} as Exports };
  script.runInThisContext()(module.exports, process.getBuiltinModule, module, filename);
  return { exports: module.exports, createCache: () => script.createCachedData() };

  function readCache(): Buffer | undefined {
    try {
      return readFileSync(`${directory}/${cacheFile(name)}`);
    } catch {
      return undefined;
    }
  }
}
