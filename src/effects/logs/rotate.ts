// Moves the front of a log that somebody writes to into an archive, without a line lost or split: it is copied, and then
// becomes a hole. Where the file system has no holes, the writers are stopped for the moment in which the log is emptied.

import { closeSync, ftruncateSync, readSync, rmSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { openPlain, openPlainIn } from "../files/plain.ts";
import { acceptCopy, dropUpTo } from "./archive.ts";
import { copyPart } from "./copy.ts";
import { canPunch, punch } from "./punch.ts";
import type { TimesWriter } from "./times-writer.ts";

/** What is to be rotated. */
export interface Rotation {
  readonly path: string;
  readonly inode: number;
  /** Where its lines begin, and the line behind the last that is to go. */
  readonly from: number;
  readonly to: number;
  /** How many archives there may be. */
  readonly keep: number;
  readonly times: TimesWriter;
  /** Stops whoever writes to the log until disposed, and says whether they stand still by now. */
  readonly halt: () => Promise<Halt | undefined>;
  /** Sees everything that is in the log; answers where its last whole line ends. Called while nobody writes. */
  readonly catchUp: () => number;
}

/** Writers that have been stopped. */
export interface Halt extends Disposable {
  stands(): boolean;
}

/** What has become of the log: it begins at `first` now, and what is behind has moved by `shift`. */
export interface Rotated {
  readonly first: number;
  readonly shift: number;
}

/** Rotates; undefined when nobody can be made to stand still where that is needed. Rejects with the system's error. */
export async function rotateLog(rotation: Rotation, apply: (rotated: Rotated) => void): Promise<Rotated | undefined> {
  const isPunched = await canPunch(dirname(rotation.path));
  return isPunched ? punchedOut(rotation, apply) : emptied(rotation, apply);
}

async function punchedOut(rotation: Rotation, apply: (rotated: Rotated) => void): Promise<Rotated> {
  const { path, inode, from, to, keep, times } = rotation;
  const rotated = { first: to, shift: 0 };
  const copy = `${path}.new`;
  let first = from;
  try {
    const copied = keep === 0 ? undefined : await copyPart(path, copy, from, to, inode);
    await times.pause();
    const log = { path, inode, from, to };
    if (copied === undefined) dropUpTo(log, to);
    else acceptCopy({ path: copy, inode: copied, log, first: to }, keep);
    first = to;
    apply(rotated);
  } catch (error) {
    await rm(copy, { force: true }).catch(() => {});
    throw error;
  } finally {
    times.resume(first, 0);
  }
  await punch(path, to);
  return rotated;
}

async function emptied(rotation: Rotation, apply: (rotated: Rotated) => void): Promise<Rotated | undefined> {
  const { path, inode, from, to, keep, times, halt, catchUp } = rotation;
  const copy = `${path}.new`;
  let shift = 0;
  try {
    // Most of it is copied while they go on.
    const copied = await copyPart(path, copy, from, to, inode);
    await times.pause();
    using halted = await halt();
    if (halted?.stands() !== true) {
      await rm(copy, { force: true });
      return undefined;
    }
    const end = catchUp();
    const begun = moveRest(path, copy, to, end);
    shift = -end;
    if (keep === 0) rmSync(copy, { force: true });
    else acceptCopy({ path: copy, inode: copied, log: { path, inode, from, to: end }, first: 0 }, keep);
    emptyAllBut(path, begun);
    const rotated = { first: 0, shift };
    apply(rotated);
    return rotated;
  } catch (error) {
    await rm(copy, { force: true }).catch(() => {});
    throw error;
  } finally {
    times.resume(shift === 0 ? from : 0, shift);
  }
}

const piece = 256 * 1024;

/** Copies what was written meanwhile, and answers the line that has only been begun. */
function moveRest(path: string, copy: string, from: number, to: number): Buffer {
  const reading = openPlain(path, "read");
  const writing = openPlainIn(copy, "append");
  try {
    const buffer = Buffer.allocUnsafe(piece);
    for (let at = from; at < to;) {
      const read = readSync(reading, buffer, 0, Math.min(piece, to - at), at);
      if (read === 0) break;
      for (let written = 0; written < read;) written += writeSync(writing, buffer, written, read - written);
      at += read;
    }
    const rest = Buffer.alloc(piece);
    return rest.subarray(0, readSync(reading, rest, 0, piece, to));
  } finally {
    closeSync(reading);
    closeSync(writing);
  }
}

function emptyAllBut(path: string, begun: Buffer): void {
  const fd = openPlainIn(path, "change");
  try {
    ftruncateSync(fd, 0);
    if (begun.length > 0) writeSync(fd, begun, 0, begun.length, 0);
  } finally {
    closeSync(fd);
  }
}
