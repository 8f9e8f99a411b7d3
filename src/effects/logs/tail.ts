// Follows one log file while a service writes to it. The descriptor stays open, so a file that is moved or deleted is
// followed to its end; a file that is truncated is followed from its start, and a line of ours says so.

import { closeSync, fstatSync, readSync, statSync } from "node:fs";

import { after, nextTurn, now } from "../clock.ts";
import { openPlain } from "../files/plain.ts";
import { followDescriptor, followFile } from "./directory.ts";
import { type LineBatch, lineBound, wholeLines } from "./lines.ts";
import { createOpenLine } from "./open-line.ts";

/** A log file that is being followed. Disposing it ends that at once; `drain` first if nothing may be missed. */
export interface Tail extends AsyncDisposable {
  /** Delivers everything up to the file's present end, an unterminated last line included. */
  readonly drain: () => Promise<void>;
  /** The byte of the file up to which lines have been delivered; right within `onLines` as well. */
  readonly delivered: () => number;
  /** Delivers at once what is in the file by now, as far as its lines have ends. */
  readonly catchUp: () => void;
  /** The bytes that are still to be read have moved by so many. */
  readonly rebase: (shift: number) => void;
  /** False while the file's last line has no end. */
  readonly endsLine: () => boolean;
  /** Somebody of ours has just ended a line that was delivered as it was: that end is nothing to deliver. */
  readonly lineEnded: () => void;
  /** Delivers nothing on its own until `resume`; `drain` and `catchUp` go on delivering. */
  readonly pause: () => void;
  /** Delivers from the next turn of the loop on what was written meanwhile. */
  readonly resume: () => void;
}

/** What to follow, and who gets the lines. */
export interface TailOptions {
  readonly path: string;
  /** The byte to start at: what earlier runs have left. */
  readonly from: number;
  /** Called with lines in order. The bytes of a batch are valid during the call only. */
  readonly onLines: (batch: LineBatch) => void;
  /** Called when another program has moved or deleted the file, with words about it. */
  readonly onReplaced?: (message: string) => void;
  /** Called when another program has emptied the file, before what it holds by now is read. */
  readonly onTruncated?: () => void;
}

const chunkSize = 256 * 1024;
/** Room before a chunk for the unfinished line that it goes on with. */
const headRoom = lineBound + 2;
/** So much of what was read last is compared at the next read: other bytes in its place tell that the file was begun anew. */
const compared = 16;
/** Chunks read before others get their turn. */
const chunksPerTurn = 4;

// One buffer for all tails: reads are synchronous, and nobody keeps a batch.
let shared: Buffer | undefined;

/** Follows a log file from the given byte; throws the system's error when it cannot be opened for reading. */
export function tailLog({ path, from, onLines, onReplaced, onTruncated }: TailOptions): Tail {
  const fd = openPlain(path, "read");
  let position = from;
  /** What is right before `position`. */
  let behind: Buffer = bytesBefore(fd, from);
  const unfinished = createOpenLine();
  let continued = false;
  let endedByUs = false;
  let open = true;
  let paused = false;
  let turn: Disposable | undefined;
  /** Until the unfinished line has stood for long enough. */
  let standing: Disposable | undefined;

  const emit = (taken: Buffer): void => {
    if (taken.length === 0) return;
    const isEndOnly = endedByUs && continued && taken[0] === 10;
    const bytes = isEndOnly ? taken.subarray(1) : taken;
    endedByUs = false;
    if (isEndOnly) continued = false;
    if (bytes.length === 0) return;
    onLines({ bytes, continued, origin: "program" });
    continued = bytes[bytes.length - 1] !== 10;
  };

  const remark = (text: string): void => {
    flush();
    continued = false;
    onLines({ bytes: Buffer.from(`${text}\n`), continued, origin: "launch" });
  };

  /** Hands over an unfinished line as it is. */
  const flush = (): void => emit(unfinished.takeAll());

  const take = (buffer: Buffer, length: number): void => {
    const fresh = buffer.subarray(headRoom, headRoom + length);
    // Bytes that end nothing are only kept, so that a line written byte by byte is not copied again and again.
    if (unfinished.length() + length <= lineBound && !fresh.includes(10)) return unfinished.append(fresh);
    const bytes = buffer.subarray(unfinished.moveBefore(buffer, headRoom), headRoom + length);
    const end = wholeLines(bytes);
    unfinished.append(bytes.subarray(end));
    if (end > 0) emit(bytes.subarray(0, end));
  };

  /** Reads one chunk; false at the end of the file. */
  const readChunk = (): boolean => {
    shared ??= Buffer.allocUnsafeSlow(headRoom + chunkSize);
    const overlap = behind.length;
    let length: number;
    try {
      length = readSync(fd, shared, headRoom - overlap, chunkSize + overlap, position - overlap) - overlap;
    } catch (error) {
      remark(`the log file can no longer be read: ${error instanceof Error ? error.message : String(error)}`);
      close();
      return false;
    }
    if (length < 0 || (length === 0 && overlap === 0)) return restartIfTruncated();
    if (!isSame(shared, behind)) return restart("emptied by another program and has grown again");
    if (length === 0) return false;
    position += length;
    const kept = Math.min(compared, overlap + length);
    if (kept !== overlap) behind = Buffer.alloc(kept);
    shared.copy(behind, 0, headRoom + length - kept, headRoom + length);
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

  const restartIfTruncated = (): boolean => fstatSync(fd).size < position && restart("truncated by another program");

  const restart = (how: string): boolean => {
    flush();
    position = 0;
    behind = Buffer.alloc(0);
    onTruncated?.();
    remark(`the log file was ${how}; its earlier lines are gone`);
    return true;
  };

  const read = (): void => {
    turn?.[Symbol.dispose]();
    turn = undefined;
    if (!open || paused) return;
    for (let chunk = 0; chunk < chunksPerTurn; chunk++) if (!readChunk()) return watchOpenLine();
    turn = nextTurn(read);
  };

  /** A line that is not ended soon is handed over without its end; what comes of it later continues it. */
  const watchOpenLine = (): void => {
    const due = unfinished.standsAt();
    if (!open || due === undefined || standing !== undefined) return;
    standing = after(due - now(), () => {
      standing = undefined;
      // What nobody has told of yet may end it.
      read();
      const stands = unfinished.standsAt() ?? Number.POSITIVE_INFINITY;
      const isAtEnd = open && !paused && turn === undefined;
      if (isAtEnd && now() >= stands) emit(unfinished.takeStanding());
    });
  };

  const keepFollowing = (): void => {
    if (!open || inodeAt(path) === fstatSync(fd).ino) return;
    following[Symbol.dispose]();
    following = followDescriptor(fd, read);
    turn ??= nextTurn(read);
    onReplaced?.(
      "the log file was moved or deleted by another program; what is written into it is still read, and the service has a new one when it starts again",
    );
  };

  const close = (): void => {
    if (!open) return;
    open = false;
    turn?.[Symbol.dispose]();
    standing?.[Symbol.dispose]();
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
    delivered: () => position - unfinished.length(),
    catchUp() {
      // Whoever calls this has stopped the writers.
      for (let before = -1; before !== position;) {
        before = position;
        if (open) readChunk();
      }
    },
    rebase(shift) {
      position += shift;
      behind = bytesBefore(fd, position);
    },
    endsLine() {
      const last = bytesBefore(fd, fstatSync(fd).size).at(-1);
      // A NUL at the end is the end of a hole.
      return last === undefined || last === 10 || last === 0;
    },
    lineEnded: () => (endedByUs = true),
    pause() {
      paused = true;
    },
    resume() {
      if (!paused) return;
      paused = false;
      turn ??= nextTurn(read);
    },
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}

function bytesBefore(fd: number, position: number): Buffer {
  const bytes = Buffer.alloc(Math.min(compared, position));
  const read = readSync(fd, bytes, 0, bytes.length, position - bytes.length);
  return read === bytes.length ? bytes : Buffer.alloc(0);
}

/** False if other bytes than these stand before the chunk; a hole in their place is what rotation leaves. */
function isSame(chunk: Buffer, behind: Buffer): boolean {
  const from = headRoom - behind.length;
  for (let at = 0; at < behind.length; at++) {
    const byte = chunk[from + at];
    if (byte !== behind[at] && byte !== 0) return false;
  }
  return true;
}

function inodeAt(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}
