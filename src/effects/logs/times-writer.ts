// Writes down when the lines of a log were seen: a record for each batch, at most one every 10 ms, off the loop. Nothing
// here throws or waits, and whatever goes wrong only costs times.

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, write, writeSync } from "node:fs";
import { after } from "../clock.ts";
import {
  decodeHeader,
  decodeRecord,
  encodeHeader,
  encodeRecord,
  headerSize,
  isAbout,
  recordSize,
  type TimesHeader,
  type TimesRecord,
} from "./times-format.ts";

/** The times of a log that is being written. */
export interface TimesWriter extends Disposable {
  /** Everything before this byte of the log has been seen by now. */
  saw(offset: number): void;
  /** What is known by now is in the file, and nothing is written before `open`. */
  pause(): Promise<void>;
  /** Goes on with the file that is at the path by now. */
  resume(): void;
}

const interval = 10;

/** Goes on with the times at `path`, or begins anew where they are not about this log. */
export function keepTimes(path: string, log: { readonly inode: number; readonly first: number }): TimesWriter {
  let fd: number | undefined;
  let position = 0;
  let latest: TimesRecord | undefined;
  let waiting: TimesRecord[] = [];
  let noted = Number.NEGATIVE_INFINITY;
  let timer: Disposable | undefined;
  let writing: Promise<void> | undefined;
  let paused = false;
  let closed = false;

  const open = (): void => {
    try {
      fd = openSync(path, "r+");
      position = recordsEnd(fd, log);
    } catch {
      position = -1;
    }
    if (position > 0) return;
    try {
      if (fd === undefined) fd = openSync(path, "w+", 0o600);
      else ftruncateSync(fd, 0);
      position = writeSync(fd, encodeHeader({ ...log, source: 0, from: 0 }), 0, headerSize, 0);
    } catch {
      close();
    }
  };

  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };

  const note = (): void => {
    timer = undefined;
    if (latest === undefined) return;
    noted = latest.time;
    waiting.push(latest);
    latest = undefined;
    if (!paused) void (writing ??= flush());
  };

  const flush = async (): Promise<void> => {
    if (fd === undefined) open();
    while (waiting.length > 0) {
      if (fd === undefined) break;
      const records = waiting;
      waiting = [];
      const bytes = Buffer.alloc(records.length * recordSize);
      for (const [index, record] of records.entries()) encodeRecord(record, bytes, index * recordSize);
      const written = await put(fd, bytes, position);
      // A record that is there only in part is written over by the next.
      position += written - (written % recordSize);
    }
    waiting = [];
    writing = undefined;
    if (closed) close();
  };

  return {
    saw(offset) {
      const time = Date.now();
      latest = { offset, time };
      if (timer !== undefined) return;
      const since = time - noted;
      if (since >= interval) note();
      else timer = after(since < 0 ? interval : interval - since, note);
    },
    async pause() {
      paused = true;
      timer?.[Symbol.dispose]();
      note();
      writing ??= flush();
      await writing;
      close();
    },
    resume() {
      paused = false;
      if (waiting.length > 0) writing ??= flush();
    },
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]();
      note();
      closed = true;
      if (writing === undefined) close();
    },
  };
}

function put(fd: number, bytes: Buffer, position: number): Promise<number> {
  return new Promise((resolve) => {
    write(fd, bytes, 0, bytes.length, position, (error, written) => resolve(error === null ? written : 0));
  });
}

/** Where the next record goes; -1 when the file is not about this log. */
function recordsEnd(fd: number, log: { readonly inode: number; readonly first: number }): number {
  const header = headerOf(fd);
  if (header === undefined || !isAbout(header, log.inode)) return -1;
  return fstatSync(fd).size - ((fstatSync(fd).size - headerSize) % recordSize);
}

function headerOf(fd: number): TimesHeader | undefined {
  const bytes = Buffer.alloc(headerSize);
  return readSync(fd, bytes, 0, headerSize, 0) === headerSize ? decodeHeader(bytes) : undefined;
}

/** The last record at `path`, if it is about the file with this inode. */
export function lastRecord(path: string, inode: number): TimesRecord | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    const end = recordsEnd(fd, { inode, first: 0 });
    if (end < headerSize + recordSize) return undefined;
    const bytes = Buffer.alloc(recordSize);
    return readSync(fd, bytes, 0, recordSize, end - recordSize) === recordSize ? decodeRecord(bytes, 0) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
