// Stands in for `node:fs/promises` in our own files. Most of it is there already, as functions with a callback; the rest is loaded when it is called.

import * as fs from "node:fs";
import type * as FsPromises from "node:fs/promises";
import { promisify } from "node:util";

export const access = promisify(fs.access);
export const link = promisify(fs.link);
export const mkdir = promisify(fs.mkdir);
export const readdir = promisify(fs.readdir);
export const readFile = promisify(fs.readFile);
export const rename = promisify(fs.rename);
export const rm = promisify(fs.rm);
export const stat = promisify(fs.stat);
export const writeFile = promisify(fs.writeFile);

export const open = (...args: Parameters<typeof FsPromises.open>): Promise<FsPromises.FileHandle> =>
  process.getBuiltinModule("node:fs/promises").open(...args);
