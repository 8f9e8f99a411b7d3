// The files that a manifest's `files:` asks for: written before a service starts, rewritten when a port moves, removed when
// it stops. A file that we did not write is never touched, one that somebody changed since is never removed, and nothing is
// written outside the project, whatever links there are in it.

import { createHash } from "node:crypto";
import { closeSync, readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { type Entered, enterDirectory } from "../files/enter.ts";
import { isBelow, leadsOut, realPath } from "../files/leads-out.ts";
import { openPlain } from "../files/plain.ts";
import { UnsafePathError } from "../files/unsafe.ts";
import type { WrittenByOthers } from "./other-instances.ts";

/** One file with its content rendered. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly keep: boolean;
}

/** Path to the SHA-256 of what we wrote there, kept from run to run. */
export type WrittenFiles = Record<string, string>;

/** Thrown when a file may not be written; the message says which and what to do. */
export class ForeignFileError extends Error {
  override name = "ForeignFileError";
}

/** Those that lie in the project by their names: what a state says of others was not written by us. */
export function filesBelow(root: string, files: WrittenFiles): WrittenFiles {
  return Object.fromEntries(Object.entries(files).filter(([path]) => isBelow(path, root)));
}

/** The files of a project that has come to `root`, by what they are called there. */
export function filesMoved(files: WrittenFiles, former: string, root: string): WrittenFiles {
  const below = Object.entries(filesBelow(former, files));
  return Object.fromEntries(below.map(([path, hash]) => [join(root, relative(former, path)), hash]));
}

/** A file that another instance of this same project has written, too. */
export interface SharedFile {
  readonly path: string;
  readonly instance: string;
}

/**
 * Writes the files that are not there as they should be, and notes them in `written`; `root` is the project's. One that another
 * instance of the project has written otherwise is written over, and answered.
 */
export async function writeFiles(
  files: readonly RenderedFile[],
  written: WrittenFiles,
  root: string,
  others: WrittenByOthers = nobodyElse,
): Promise<readonly SharedFile[]> {
  const shared: SharedFile[] = [];
  for (const { path, content } of files) {
    using directory = enterParent(path, root);
    const own = directory.at(basename(path));
    const present = hashOfFile(own, path);
    const wanted = hashOf(content);
    const instance = present === undefined || present === wanted ? undefined : others(path, present);
    if (instance !== undefined) shared.push({ path, instance });
    if (present !== undefined && present !== written[path] && present !== wanted && instance === undefined) {
      throw new ForeignFileError(
        `${path} exists and was not written by launch, so it is left alone; move it away or choose another path under files:`,
      );
    }
    written[path] = wanted;
    if (present === wanted) continue;
    await replaceWith(content, own).catch((error: unknown) => {
      throw directory.named(error);
    });
  }
  return shared;
}

/** Whoever reads it meanwhile sees the old file or the new one, never half of one. */
async function replaceWith(content: string, path: string): Promise<void> {
  const beside = `${path}.launch-new`;
  await rm(beside, { force: true });
  await writeFile(beside, content, { flag: "wx" });
  await rename(beside, path);
}

/** Removes the files that are still as we wrote them, except those to be kept and those that another instance has written just so. */
export async function removeFiles(
  files: readonly RenderedFile[],
  written: WrittenFiles,
  others: WrittenByOthers = nobodyElse,
): Promise<void> {
  for (const { path, keep } of files) {
    const hash = written[path];
    if (keep || hash === undefined) continue;
    if (hashIfPlain(path) === hash && others(path, hash) === undefined) await rm(path, { force: true });
    delete written[path];
  }
}

const nobodyElse: WrittenByOthers = () => undefined;

/** Enters the directory that a file is written in, made if need be; links may lead there, but not out of the project. */
function enterParent(path: string, root: string): Entered {
  const parent = dirname(path);
  const outside = leadsOut(parent, root);
  if (outside !== undefined) {
    throw new ForeignFileError(
      `${path} does not lie inside ${root}: a symbolic link on the way leads to ${outside}; remove the link or choose another path under files:`,
    );
  }
  return enterDirectory(realPath(parent), 0o777);
}

function hashOfFile(path: string, shown: string): string | undefined {
  try {
    const fd = openPlain(path, "read", shown);
    try {
      return hashOf(readFileSync(fd));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (!(error instanceof UnsafePathError)) throw error;
    throw new ForeignFileError(
      `${error.message}, so it is left alone; move it away or choose another path under files:`,
    );
  }
}

/** Undefined also for what is no file. */
function hashIfPlain(path: string): string | undefined {
  try {
    return hashOfFile(path, path);
  } catch {
    return undefined;
  }
}

function hashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
