// What the other instances of this same project have written: a file of theirs is no stranger's, and not ours alone.

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StatePaths } from "./directory.ts";
import { isOwn } from "./owner.ts";
import { readState } from "./state-file.ts";

/** Names another instance of the project that has written a file with this checksum at this path; undefined: none has. */
export type WrittenByOthers = (path: string, hash: string) => string | undefined;

/** Asks the states that lie beside this one, as they are when asked. */
export function writtenByOthers(paths: Pick<StatePaths, "root" | "instance" | "directory">): WrittenByOthers {
  return (path, hash) => {
    for (const directory of statesBeside(paths)) {
      const { owner, files } = readState(directory).state;
      if (owner === undefined || owner.instance === paths.instance || files[path] !== hash) continue;
      if (isOwn({ ...owner, instance: paths.instance }, paths)) return owner.instance;
    }
    return undefined;
  };
}

/** The default instance's directory, in which those of the others are, and theirs. */
function statesBeside({ instance, directory }: Pick<StatePaths, "instance" | "directory">): readonly string[] {
  const base = instance === "default" ? directory : dirname(directory);
  try {
    const below = readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [base, ...below.map(({ name }) => join(base, name))].filter((path) => path !== directory);
  } catch {
    return [];
  }
}
