// `state.json` and the copy before it: read with distrust, replaced in one move. Reading never throws and never follows a
// link; what cannot be read is said in words, once, by whoever asked.

import { closeSync, constants, fstatSync, linkSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { link, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { decodeDocument, encodeDocument } from "./document.ts";
import { overtake, replaceFile, replaceFileSoon } from "./replace-file.ts";
import { nothingKept, readStateValue, type State } from "./state.ts";

/** What was found. `problem` is a sentence for people when the file is not as it was written. */
export interface Found {
  readonly state: State;
  readonly problem?: string;
  /** True when `state.json` itself is whole, so that it is worth keeping as the copy before the next. */
  readonly isWhole: boolean;
}

/** Replaces the file, again and again. */
export interface StateFile {
  /** Throws the system's error when the file cannot be written; it is then as it was. */
  write(state: State): void;
  /** The same without holding up anybody; rejects likewise. A `write` meanwhile is the newer one, and stays. */
  writeSoon(state: State): Promise<void>;
}

/** More than this was not written by us, in bytes. */
const largest = 16 * 2 ** 20;

/** Why a file was not read. */
type Unread = { readonly kind: "missing" } | { readonly kind: "unread"; readonly words: string };

/** The state of a directory, from the copy before where the file is not whole; never throws. */
export function readState(directory: string): Found {
  const path = join(directory, "state.json");
  const read = readOne(path);
  if (!("kind" in read)) return { ...read, isWhole: true };
  const before = readOne(`${path}.old`);
  const copy = "kind" in before ? undefined : before;
  if (read.kind === "missing") return { state: copy?.state ?? nothingKept, isWhole: false };
  const what = `${path} cannot be used: ${read.words}.`;
  if (copy !== undefined) return { state: copy.state, problem: `${what} The copy before it is used.`, isWhole: false };
  const lost = "Which ports services had, and what a killed run may have left, is not known.";
  return { state: nothingKept, problem: `${what} ${lost}`, isWhole: false };
}

function readOne(path: string): { readonly state: State } | Unread {
  let text: Buffer;
  try {
    const opened = readOwn(path);
    if (typeof opened === "string") return { kind: "unread", words: opened };
    text = opened;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { kind: "missing" };
    if (code === "ELOOP") return { kind: "unread", words: "it is a symbolic link" };
    return { kind: "unread", words: message };
  }
  const decoded = decodeDocument(text);
  switch (decoded.kind) {
    case "whole":
      return { state: readStateValue(decoded.value) };
    case "damaged":
      return { kind: "unread", words: decoded.words };
    case "version": {
      // The first version knew ports and files alone, and had no checksum.
      if (decoded.version !== 1) return { kind: "unread", words: `another version of launch wrote it` };
      const { ports, files } = readStateValue(decoded.value);
      return { state: { ports, files } };
    }
  }
}

/** The bytes of a regular file of this user, or why it is not read; throws the system's error. */
function readOwn(path: string): Buffer | string {
  // A pipe in its place must not make us wait.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return "it is no file";
    const isOwn = process.getuid === undefined || stat.uid === process.getuid();
    if (!isOwn) return `it belongs to another user (${stat.uid})`;
    if (stat.size > largest) return "it is too large";
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Opens the file for writing; `found` is what was read from it. Nothing is written yet. */
export function openStateFile(directory: string, found: Pick<Found, "isWhole">): StateFile {
  const path = join(directory, "state.json");
  // A damaged file must not take the place of a copy that is whole.
  let isWhole = found.isWhole;
  let writes = 0;
  return {
    write(state) {
      writes++;
      overtake(path);
      replaceFile(path, encodeDocument(state), () => {
        if (isWhole) keepBefore(path);
      });
      isWhole = true;
    },
    async writeSoon(state) {
      const own = ++writes;
      const isOvertaken = (): boolean => writes !== own;
      await replaceFileSoon(path, encodeDocument(state), isOvertaken, async () => {
        if (isWhole) await keepBeforeSoon(path);
      });
      if (!isOvertaken()) isWhole = true;
    },
  };
}

/** The file stays where it is meanwhile, so that nobody ever finds none. */
function keepBefore(path: string): void {
  const before = `${path}.old`;
  try {
    rmSync(before, { force: true });
    linkSync(path, before);
  } catch (error) {
    if (isKept(error)) return;
    // Not every file system has second names.
    renameSync(path, before);
  }
}

async function keepBeforeSoon(path: string): Promise<void> {
  const before = `${path}.old`;
  try {
    await rm(before, { force: true });
    await link(path, before);
  } catch (error) {
    if (!isKept(error)) await rename(path, before);
  }
}

/** True when somebody has deleted it, so that there is nothing to keep, or the other way of writing has kept one at this moment. */
function isKept(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "EEXIST";
}
