// Bytes on their way to the terminal. A terminal may stop reading (Ctrl-S, a frozen ssh) and a usual write would then stop this
// whole process, so the device is opened once more, for ourselves alone, in a mode in which a write that would wait fails instead.

import { closeSync, constants, openSync, writeSync } from "node:fs";

/** A way to write to the terminal that never waits for it, one text at a time. */
export interface Writer extends Disposable {
  /** True while nothing is on its way. */
  readonly idle: boolean;
  /** Writes the text behind whatever is on its way; resolves when all of it is written, or when the terminal is gone. */
  send(text: string): Promise<void>;
  /** Cuts off what is on its way and writes the text before it returns; false when the terminal did not take it in 100 ms. */
  writeNow(text: string): boolean;
}

/** Milliseconds between two attempts on a terminal that does not read: the first and the longest. */
const firstWait = 1;
const longestWait = 15;

/** How long a synchronous write may take, in milliseconds. */
const bound = 100;

/** Ends whatever sequence has been written by half. */
const cancel = "\x18";

/** Opens the device for writing without waiting; undefined where there is none. */
export function openDevice(path: string): Writer | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
  return deviceWriter(fd);
}

function deviceWriter(fd: number): Writer {
  let left: Buffer = Buffer.alloc(0);
  let isGone = false;
  let isCut = false;
  let wait = firstWait;
  let timer: NodeJS.Timeout | undefined;
  let waiting: (() => void)[] = [];

  /** Writes as much as is taken; answers false when the terminal takes no more for now. */
  const push = (): boolean => {
    try {
      while (left.length > 0) {
        left = left.subarray(writeSync(fd, left));
        isCut = left.length > 0;
        wait = firstWait;
      }
    } catch (error) {
      if (isFull(error)) return false;
      // Whoever hung up sends SIGHUP as well; that is for the owner of this process.
      isGone = true;
      left = Buffer.alloc(0);
    }
    return true;
  };
  const settle = (): void => {
    const settled = waiting;
    waiting = [];
    for (const resolve of settled) resolve();
  };
  const attempt = (): void => {
    timer = undefined;
    if (push()) return settle();
    // A process that is done need not stay for a terminal that does not read.
    timer = setTimeout(attempt, wait).unref();
    wait = Math.min(wait * 2, longestWait);
  };

  return {
    get idle() {
      return waiting.length === 0;
    },
    send(text) {
      if (isGone) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      left = left.length > 0 ? Buffer.concat([left, Buffer.from(text)]) : Buffer.from(text);
      if (timer === undefined) attempt();
      return promise;
    },
    writeNow(text) {
      clearTimeout(timer);
      timer = undefined;
      left = Buffer.from(isCut ? cancel + text : text);
      const end = performance.now() + bound;
      let isTaken = isGone || push();
      while (!isTaken && performance.now() < end) {
        pause();
        isTaken = push();
      }
      left = Buffer.alloc(0);
      settle();
      return isTaken;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      timer = undefined;
      if (!isGone) closeSync(fd);
      isGone = true;
      settle();
    },
  };
}

/** Writes through a stream, for systems without a device of that kind; their terminals do not stop the process. */
export function streamWriter(stream: NodeJS.WriteStream): Writer {
  let pending = 0;
  return {
    get idle() {
      return pending === 0;
    },
    send(text) {
      pending++;
      return new Promise((resolve) => {
        stream.write(text, () => {
          pending--;
          resolve();
        });
      });
    },
    writeNow(text) {
      stream.write(text);
      return true;
    },
    [Symbol.dispose]() {},
  };
}

function isFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EAGAIN" || code === "EINTR";
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}
