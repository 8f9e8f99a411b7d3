// The bundle as `dist/main.js` runs it: one CommonJS script, with the code that V8 made of it when it was built.
// Parsing and compiling would take half of a start; V8 refuses a cache of another version, and then compiles as ever.

import type { runCommandLine } from "../src/cli/command-line.ts";

/** The bundle in memory, run. */
export interface Bundle {
  readonly exports: { readonly runCommandLine: typeof runCommandLine };
  /** The code of every function that has been called so far. */
  createCache(): Buffer;
}

/** The cache's file: what one build of Node made is good for that build alone, and for others is not even read. */
export const cacheFile = `launch-${process.version}-${process.platform}-${process.arch}.cache`;

/** Runs the bundle that is in a directory. */
export function openBundle(directory: string): Bundle {
  // Asked for, not imported: an import reads every export, and some of those load a lot.
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const { Script } = process.getBuiltinModule("node:vm");
  const filename = `${directory}/launch.cjs`;
  // The bundle is plain ASCII, and one function expression.
  const source = readFileSync(filename, "latin1");
  const cachedData = readCache();
  const script = new Script(source, { filename, ...(cachedData === undefined ? {} : { cachedData }) });
  const module = { exports: {} as Bundle["exports"] };
  const load = async (url: string): Promise<unknown> => import(url);
  script.runInThisContext()(module.exports, process.getBuiltinModule, module, filename, load);
  return { exports: module.exports, createCache: () => script.createCachedData() };

  function readCache(): Buffer | undefined {
    try {
      return readFileSync(`${directory}/${cacheFile}`);
    } catch {
      return undefined;
    }
  }
}
