// Directories entered without following a link, so that what is made in one of them is made there and nowhere else: each
// component is opened from the one above it, and whoever puts a link in its place meanwhile is refused.

import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync } from "node:fs";
import { join, parse } from "node:path";
import { UnsafePathError } from "./unsafe.ts";

/** A directory that stays the one that was entered, whatever its path leads to meanwhile. */
export interface Entered extends Disposable {
  /** The path by which a file in it is reached; valid until disposed. */
  at(name: string): string;
  /** The error with the directory's own path in its words. */
  named(error: unknown): unknown;
}

/** Linux opens what need only be passed through, not read, by this flag; Node has no name for it. */
const passThrough = 0x20_0000;

const hasDescriptors = process.platform === "linux" && existsSync("/proc/self/fd");

/**
 * Enters the directory at an absolute path in which no component is a link. With `make` what is missing of it is made with
 * that mode. Throws an `UnsafePathError` for a link, the system's error for all else.
 */
export function enterDirectory(path: string, make?: number): Entered {
  return hasDescriptors ? enterByDescriptors(path, make) : enterByNames(path, make);
}

function enterByDescriptors(path: string, make: number | undefined): Entered {
  const { root, parts } = partsOf(path);
  const flags = passThrough | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  let fd = openSync(root, flags);
  let here = root;
  try {
    for (const part of parts) {
      here = join(here, part);
      const next = openOrMake(below(fd, part), here, flags, make);
      closeSync(fd);
      fd = next;
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const entered = fd;
  return {
    at: (name) => below(entered, name),
    named: (error) => named(error, below(entered, ""), join(path, "/")),
    [Symbol.dispose]: () => closeSync(entered),
  };
}

function openOrMake(path: string, shown: string, flags: number, make: number | undefined): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && make !== undefined) {
      makeIfMissing(path, make);
      return openOrMake(path, shown, flags, undefined);
    }
    throw refusal(error, path, shown);
  }
}

// The names are looked at one by one: a link that is put there in between is followed.
function enterByNames(path: string, make: number | undefined): Entered {
  const { root, parts } = partsOf(path);
  let here = root;
  for (const part of parts) {
    here = join(here, part);
    const stat = lstatSync(here, { throwIfNoEntry: false });
    if (stat === undefined && make !== undefined) makeIfMissing(here, make);
    if (stat?.isSymbolicLink() === true) throw new UnsafePathError(`${here} is a symbolic link`);
  }
  return { at: (name) => join(path, name), named: (error) => error, [Symbol.dispose]: () => {} };
}

function makeIfMissing(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** The system says of a link only that it is no directory, and names a path that is ours alone. */
function refusal(error: unknown, path: string, shown: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOTDIR" && code !== "ELOOP") return named(error, path, shown);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return new UnsafePathError(isLink ? `${shown} is a symbolic link` : `${shown} is not a directory`);
}

function named(error: unknown, path: string, shown: string): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(path, shown);
  return error;
}

function below(fd: number, name: string): string {
  return `/proc/self/fd/${fd}/${name}`;
}

function partsOf(path: string): { readonly root: string; readonly parts: readonly string[] } {
  const { root } = parse(path);
  return { root, parts: path.slice(root.length).split("/").filter(Boolean) };
}
