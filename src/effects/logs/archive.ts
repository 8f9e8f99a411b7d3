// The archives of a log: `<service>.1.log` is the newest, and with each new one the others move up until the oldest goes.
// All of it is renaming, so that no line is anywhere twice or nowhere, whenever we are killed.

import { closeSync, readSync, fstatSync, renameSync, rmSync, writeSync } from "node:fs";
import { openPlain, openPlainIn } from "../files/plain.ts";
import { archivePath, timesPath } from "./names.ts";
import { decodeRecord, encodeHeader, headerSize, recordSize, type TimesHeader } from "./times-format.ts";

/** Makes the log itself the newest archive, its times with it. For a log that nobody writes to; throws the system's error. */
export function retireLog(log: string, keep: number): void {
  if (keep === 0) {
    rmSync(log, { force: true });
    rmSync(timesPath(log), { force: true });
    return;
  }
  makeRoom(log, keep);
  renameSync(log, archivePath(log, 1));
  moveIfThere(timesPath(log), timesPath(archivePath(log, 1)));
}

/** What was copied from a log, to become its newest archive. */
export interface Copied {
  /** The copy. */
  readonly path: string;
  readonly inode: number;
  /** What it was copied from. */
  readonly log: { readonly path: string; readonly inode: number; readonly from: number; readonly to: number };
  /** Where the log begins from now on. */
  readonly first: number;
}

/** Makes a copy the newest archive, and has the log begin behind what was copied. Throws the system's error. */
export function acceptCopy({ path, inode, log, first }: Copied, keep: number): void {
  const times = timesPath(log.path);
  beginTimes(times, { inode: log.inode, first, source: 0, from: 0 }, log.to, first - log.to);
  makeRoom(log.path, keep);
  renameSync(path, archivePath(log.path, 1));
  moveIfThere(times, timesPath(archivePath(log.path, 1)));
  renameSync(`${times}.new`, times);
  rewriteHeader(timesPath(archivePath(log.path, 1)), { inode, first: 0, source: log.inode, from: log.from });
}

/** The log begins behind what nobody wants to keep. */
export function dropUpTo(log: { readonly path: string; readonly inode: number }, first: number): void {
  const times = timesPath(log.path);
  beginTimes(times, { inode: log.inode, first, source: 0, from: 0 }, first, 0);
  renameSync(`${times}.new`, times);
}

function makeRoom(log: string, keep: number): void {
  for (const of of [
    (number: number) => archivePath(log, number),
    (number: number) => timesPath(archivePath(log, number)),
  ]) {
    rmSync(of(keep), { force: true });
    for (let number = keep - 1; number >= 1; number--) moveIfThere(of(number), of(number + 1));
  }
}

/** Writes the times that a log goes on with: those behind `to`, moved by `shift`. */
function beginTimes(times: string, header: TimesHeader, to: number, shift: number): void {
  const records = recordsBehind(times, to);
  for (let at = 0; at < records.length; at += recordSize) {
    records.writeUIntBE(decodeRecord(records, at).offset + shift, at, 6);
  }
  rmSync(`${times}.new`, { force: true });
  const fd = openPlainIn(`${times}.new`, "write");
  try {
    writeSync(fd, Buffer.concat([encodeHeader(header), records]));
  } finally {
    closeSync(fd);
  }
}

const looked = 4096 * recordSize;

/** The last records of a file of times, as far as they are about what is behind `offset`. */
function recordsBehind(times: string, offset: number): Buffer {
  let fd: number | undefined;
  try {
    fd = openPlain(times, "read");
    const count = Math.floor((fstatSync(fd).size - headerSize) / recordSize);
    const bytes = Buffer.alloc(Math.max(0, Math.min(count * recordSize, looked)));
    readSync(fd, bytes, 0, bytes.length, headerSize + count * recordSize - bytes.length);
    let from = 0;
    while (from < bytes.length && decodeRecord(bytes, from).offset <= offset) from += recordSize;
    return bytes.subarray(from);
  } catch {
    return Buffer.alloc(0);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function rewriteHeader(times: string, header: TimesHeader): void {
  try {
    const fd = openPlainIn(times, "change");
    writeSync(fd, encodeHeader(header), 0, headerSize, 0);
    closeSync(fd);
  } catch {
    // The archive has no times then.
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
