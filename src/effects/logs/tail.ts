// Follows one log file while a service writes to it. The descriptor stays open, so a file that is moved or deleted is
// followed to its end; a file that is truncated is followed from its start, and a line of ours says so.

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

import { nextTurn } from "../clock.ts";
import { followDescriptor, followFile } from "./directory.ts";
import { type LineBatch, lineBound, wholeLines } from "./lines.ts";

/** A log file that is being followed. Disposing it ends that at once; `drain` first if nothing may be missed. */
export interface Tail extends AsyncDisposable {
  /** Delivers everything up to the file's present end, an unterminated last line included. */
  readonly drain: () => Promise<void>;
  /** The byte of the file up to which lines have been delivered; right within `onLines` as well. */
  readonly delivered: () => number;
}

/** What to follow, and who gets the lines. */
export interface TailOptions {
  readonly path: string;
  /** The byte to start at: what earlier runs have left. */
  readonly from: number;
  /** Called with lines in order. The bytes of a batch are valid during the call only. */
  readonly onLines: (batch: LineBatch) => void;
}

const chunkSize = 256 * 1024;
/** Room before a chunk for the unfinished line that it goes on with. */
const headRoom = lineBound + 2;
/** What a tail keeps allocated between long lines. */
const keptRoom = 4 * 1024;
/** Chunks read before others get their turn. */
const chunksPerTurn = 4;

// One buffer for all tails: reads are synchronous, and nobody keeps a batch.
let shared: Buffer | undefined;

/** Follows a log file from the given byte; throws the system's error when it cannot be opened for reading. */
export function tailLog({ path, from, onLines }: TailOptions): Tail {
  const fd = openSync(path, "r");
  let position = from;
  // The line that has no end yet, in a buffer that grows by need.
  let unfinished: Buffer = Buffer.alloc(0);
  let unfinishedLength = 0;
  let continued = false;
  let open = true;
  let turn: Disposable | undefined;

  const emit = (bytes: Buffer): void => {
    onLines({ bytes, continued, origin: "program" });
    continued = bytes[bytes.length - 1] !== 10;
  };

  const remark = (text: string): void => {
    flush();
    continued = false;
    onLines({ bytes: Buffer.from(`${text}\n`), continued, origin: "launch" });
  };

  /** Hands over an unfinished line as it is. */
  const flush = (): void => {
    if (unfinishedLength === 0) return;
    const bytes = Buffer.from(unfinished.subarray(0, unfinishedLength));
    unfinishedLength = 0;
    emit(bytes);
  };

  const keep = (bytes: Buffer): void => {
    const needed = unfinishedLength + bytes.length;
    if (needed > unfinished.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed * 2, 256));
      unfinished.copy(larger, 0, 0, unfinishedLength);
      unfinished = larger;
    }
    bytes.copy(unfinished, unfinishedLength);
    unfinishedLength = needed;
  };

  const take = (buffer: Buffer, length: number): void => {
    const fresh = buffer.subarray(headRoom, headRoom + length);
    // Bytes that end nothing are only kept, so that a line written byte by byte is not copied again and again.
    if (unfinishedLength + length <= lineBound && !fresh.includes(10)) return keep(fresh);
    const start = headRoom - unfinishedLength;
    unfinished.copy(buffer, start, 0, unfinishedLength);
    unfinishedLength = 0;
    if (unfinished.length > keptRoom) unfinished = Buffer.alloc(0);
    const bytes = buffer.subarray(start, headRoom + length);
    const end = wholeLines(bytes);
    keep(bytes.subarray(end));
    if (end > 0) emit(bytes.subarray(0, end));
  };

  /** Reads one chunk; false at the end of the file. */
  const readChunk = (): boolean => {
    shared ??= Buffer.allocUnsafeSlow(headRoom + chunkSize);
    let length: number;
    try {
      length = readSync(fd, shared, headRoom, chunkSize, position);
    } catch (error) {
      remark(`the log file can no longer be read: ${error instanceof Error ? error.message : String(error)}`);
      close();
      return false;
    }
    if (length === 0) return restartIfTruncated();
    position += length;
    take(shared, length);
    return length === chunkSize;
  };

  /** Reads what one turn allows; true while there is more before `end`. */
  const readUpTo = (end: number): boolean => {
    for (let chunk = 0; chunk < chunksPerTurn; chunk++) {
      const before = position;
      if (!open || position >= end) return false;
      readChunk();
      if (position === before) return false;
    }
    return true;
  };

  const restartIfTruncated = (): boolean => {
    if (fstatSync(fd).size >= position) return false;
    position = 0;
    remark("the log file was truncated by another program; its earlier lines are gone");
    return true;
  };

  const read = (): void => {
    turn?.[Symbol.dispose]();
    turn = undefined;
    if (!open) return;
    for (let chunk = 0; chunk < chunksPerTurn; chunk++) if (!readChunk()) return;
    turn = nextTurn(read);
  };

  const keepFollowing = (): void => {
    if (open && statSync(path, { throwIfNoEntry: false })?.ino !== fstatSync(fd).ino) {
      following[Symbol.dispose]();
      following = followDescriptor(fd, read);
      turn ??= nextTurn(read);
    }
  };

  const close = (): void => {
    if (!open) return;
    open = false;
    turn?.[Symbol.dispose]();
    following[Symbol.dispose]();
    closeSync(fd);
  };

  let following = followFile(path, { written: read, renamed: keepFollowing });
  // What was written before the watch stood.
  turn = nextTurn(read);

  return {
    drain: async () => {
      await new Promise<void>((resolve) => nextTurn(resolve));
      if (!open) return;
      if (fstatSync(fd).size < position) readChunk();
      // The end is fixed beforehand: whoever still writes shall not keep us for ever.
      const end = fstatSync(fd).size;
      while (readUpTo(end)) await new Promise<void>((resolve) => nextTurn(resolve));
      if (open) flush();
    },
    delivered: () => position - unfinishedLength,
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}
