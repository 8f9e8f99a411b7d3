// Where a path really leads: a link in a project may point anywhere, and a name below the project promises that it does not.

import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

/** True for the directory itself and what lies in it, by their names alone. */
export function isBelow(path: string, directory: string): boolean {
  const inside = relative(directory, path);
  return inside !== ".." && !inside.startsWith(`..${sep}`);
}

/** Where a path that is below the directory by its name leads outside; undefined when it stays inside, or is not below by its name. */
export function leadsOut(path: string, directory: string): string | undefined {
  const named = resolve(path);
  if (!isBelow(named, directory)) return undefined;
  const real = realPath(named);
  return isBelow(real, realpathSync(directory)) ? undefined : real;
}

/** The path without links, also of what is not there yet and of what a link only promises. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const parent = realPath(dirname(path));
  const here = join(parent, basename(path));
  const isLink = lstatSync(here, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? resolve(parent, readlinkSync(here)) : here;
}
