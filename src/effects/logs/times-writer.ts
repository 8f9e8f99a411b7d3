// Writes down when the lines of a log were seen: a record for each batch, at most one every 10 ms, off the loop. Nothing
// here throws or waits, and whatever goes wrong only costs times.

import { closeSync, fstatSync, ftruncateSync, readSync, write, writeSync } from "node:fs";
import { after } from "../clock.ts";
import { openPlainIn } from "../files/plain.ts";
import {
  decodeHeader,
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
  /** Resolves once what is known by now is in the file; nothing is written from then on. */
  pause(): Promise<void>;
  /** Goes on with the file that is at the path by now, about a log that begins at `first` and whose bytes have moved. */
  resume(first: number, shift: number): void;
  /** The log has been emptied: what is known of it no longer holds. */
  restart(): void;
}

const interval = 10;

/** Goes on with the times at `path`, or begins anew where they are not about this log. */
export function keepTimes(path: string, log: { readonly inode: number; readonly first: number }): TimesWriter {
  let fd: number | undefined;
  let begins = log.first;
  let position = 0;
  /** What has been seen and is not noted yet: the byte, -1 for none, and when. */
  let latest = -1;
  let latestTime = 0;
  let waiting: TimesRecord[] = [];
  let noted = Number.NEGATIVE_INFINITY;
  let timer: Disposable | undefined;
  let writing: Promise<void> | undefined;
  let paused = false;
  let closed = false;
  let stale = false;

  const open = (): void => {
    try {
      fd = openPlainIn(path, "change");
      position = stale ? -1 : recordsEnd(fd, log.inode);
    } catch {
      position = -1;
    }
    if (position > 0) return;
    stale = false;
    try {
      fd ??= openPlainIn(path, "write");
      ftruncateSync(fd, 0);
      position = writeSync(fd, encodeHeader({ inode: log.inode, first: begins, source: 0, from: 0 }), 0, headerSize, 0);
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
    if (latest === -1) return;
    noted = latestTime;
    waiting.push({ offset: latest, time: latestTime });
    latest = -1;
    if (!paused) start();
  };

  const start = (): void => {
    writing ??= flush().finally(() => {
      writing = undefined;
      if (waiting.length > 0 && !paused) start();
      else if (closed || paused) close();
    });
  };

  const flush = async (): Promise<void> => {
    if (stale) close();
    if (fd === undefined) open();
    const records = waiting;
    waiting = [];
    if (fd === undefined || records.length === 0) return;
    const bytes = Buffer.alloc(records.length * recordSize);
    for (const [index, record] of records.entries()) encodeRecord(record, bytes, index * recordSize);
    const written = await put(fd, bytes, position);
    // A record that is there only in part is written over by the next.
    position += written - (written % recordSize);
  };

  return {
    saw(offset) {
      latest = offset;
      latestTime = Date.now();
      if (timer !== undefined) return;
      const since = latestTime - noted;
      if (since >= interval) note();
      else timer = after(since < 0 ? interval : interval - since, note);
    },
    async pause() {
      timer?.[Symbol.dispose]();
      note();
      start();
      paused = true;
      await writing;
    },
    resume(first, shift) {
      begins = first;
      const moved = (record: TimesRecord): TimesRecord => ({ ...record, offset: Math.max(0, record.offset + shift) });
      waiting = waiting.map(moved);
      if (latest !== -1) latest = Math.max(0, latest + shift);
      paused = false;
      if (waiting.length > 0) start();
    },
    restart() {
      waiting = [];
      latest = -1;
      begins = 0;
      stale = true;
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
function recordsEnd(fd: number, inode: number): number {
  const header = headerOf(fd);
  if (header === undefined || !isAbout(header, inode)) return -1;
  return fstatSync(fd).size - ((fstatSync(fd).size - headerSize) % recordSize);
}

function headerOf(fd: number): TimesHeader | undefined {
  const bytes = Buffer.alloc(headerSize);
  return readSync(fd, bytes, 0, headerSize, 0) === headerSize ? decodeHeader(bytes) : undefined;
}
