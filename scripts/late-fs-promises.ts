// Stands in for `node:fs/promises` in our own files. Most of it is there already, as functions with a callback; the rest is loaded when it is called.

import * as fs from "node:fs";
import type * as FsPromises from "node:fs/promises";
import { promisify } from "node:util";

type Name = "link" | "mkdir" | "readFile" | "rename" | "rm" | "writeFile";

// Nor are the functions made before they are called: a start uses one or two of them.
function late<Of extends Name>(name: Of): (typeof FsPromises)[Of] {
  let made: ((...args: unknown[]) => Promise<unknown>) | undefined;
  return ((...args: unknown[]) => (made ??= promisify(fs[name] as never))(...args)) as never;
}

export const link = late("link");
export const mkdir = late("mkdir");
export const readFile = late("readFile");
export const rename = late("rename");
export const rm = late("rm");
export const writeFile = late("writeFile");

export const open = (...args: Parameters<typeof FsPromises.open>): Promise<FsPromises.FileHandle> =>
  process.getBuiltinModule("node:fs/promises").open(...args);
