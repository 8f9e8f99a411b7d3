// The files that a manifest's `files:` asks for: written before a service starts, rewritten when a port moves, removed when
// it stops. A file that we did not write is never touched, and one that somebody changed since is never removed.

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

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

/** Writes the files that are not there as they should be, and notes them in `written`. */
export async function writeFiles(files: readonly RenderedFile[], written: WrittenFiles): Promise<void> {
  for (const { path, content } of files) {
    const present = await hashOfFile(path);
    const wanted = hashOf(content);
    if (present !== undefined && present !== written[path] && present !== wanted) {
      throw new ForeignFileError(
        `${path} exists and was not written by launch, so it is left alone; move it away or choose another path under files:`,
      );
    }
    written[path] = wanted;
    if (present === wanted) continue;
    await mkdir(dirname(path), { recursive: true });
    // Whoever reads it meanwhile sees the old file or the new one, never half of one.
    await writeFile(`${path}.launch-new`, content);
    await rename(`${path}.launch-new`, path);
  }
}

/** Removes the files that are still as we wrote them, except those to be kept. */
export async function removeFiles(files: readonly RenderedFile[], written: WrittenFiles): Promise<void> {
  for (const { path, keep } of files) {
    if (keep || written[path] === undefined) continue;
    if ((await hashOfFile(path)) === written[path]) await rm(path, { force: true });
    delete written[path];
  }
}

async function hashOfFile(path: string): Promise<string | undefined> {
  try {
    // To read a pipe would wait for whoever writes into it; no file of ours is one.
    const isPipe = statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
    return isPipe ? "a pipe" : hashOf(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function hashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
