// Appends bytes to a log file that the program itself cannot write to: in order, one write at a time, off the loop.

import { writev } from "node:fs";

/** A queue of bytes in front of a file. */
export interface Appender {
  append(bytes: Buffer): void;
  /** Bytes that are not in the file yet. */
  readonly waiting: number;
  /** Resolves once all that was appended is in the file, or could not be written. */
  flush(): Promise<void>;
}

/** Writes some of the buffers and tells how many bytes. */
export type Write = (
  fd: number,
  buffers: readonly Buffer[],
  position: null,
  done: (error: Error | null, written: number) => void,
) => void;

/** An appender to a descriptor that is opened for appending; `onProgress` is called after each write. */
export function newAppender(fd: number, onProgress: () => void, write: Write = writev): Appender {
  let queue: Buffer[] = [];
  let waiting = 0;
  let isWriting = false;
  let missing = 0;
  let reason = "";
  let flushes: (() => void)[] = [];

  const writeNext = (): void => {
    if (queue.length === 0) {
      isWriting = false;
      const done = flushes;
      flushes = [];
      for (const flush of done) flush();
      return;
    }
    isWriting = true;
    const batch = queue;
    queue = [];
    const remark = missing === 0 ? undefined : remarkOn(missing, reason);
    const buffers = remark === undefined ? batch : [remark, ...batch];
    const size = sizeOf(batch);
    write(fd, buffers, null, (error, written) => {
      const ofBatch = error === null ? Math.max(0, written - (remark?.length ?? 0)) : 0;
      if (error === null) missing = 0;
      else {
        // The program is not made to wait for a full disk; the log says what it lacks as soon as it can.
        missing += size;
        reason = error.message;
      }
      const rest = error === null ? after(batch, ofBatch) : [];
      queue = [...rest, ...queue];
      waiting -= size - sizeOf(rest);
      onProgress();
      writeNext();
    });
  };

  return {
    append(bytes) {
      queue.push(bytes);
      waiting += bytes.length;
      if (!isWriting) writeNext();
    },
    get waiting() {
      return waiting;
    },
    flush: () => (isWriting ? new Promise((resolve) => flushes.push(resolve)) : Promise.resolve()),
  };
}

function remarkOn(missing: number, reason: string): Buffer {
  return Buffer.from(`\r\n[launch: ${missing} bytes of output are missing here: ${reason}]\r\n`);
}

function sizeOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}

/** What is left of some buffers behind their first `count` bytes. */
function after(buffers: readonly Buffer[], count: number): Buffer[] {
  let left = count;
  return buffers.flatMap((buffer) => {
    const taken = Math.min(left, buffer.length);
    left -= taken;
    return taken === buffer.length ? [] : [buffer.subarray(taken)];
  });
}
