// Writes to stdout without ever waiting for whoever reads it: one write at a time goes through the thread pool, and what
// does not fit into a bounded queue is left out and counted. A terminal that stops reading stops nothing.

import { write } from "node:fs";
import { after } from "../effects/clock.ts";
import { words } from "./print.ts";

/** A queue in front of a descriptor. */
export interface Writer {
  /** Queues words that are always shown; what they quote acts on no terminal. */
  say(text: string): void;
  /** Queues lines of services, made safe by whoever reads them, which may be left out when the reader does not keep up; they are in the log files. */
  show(text: string, lines: number): void;
  /** Holds back everything but what `sayNow` writes, while somebody is asked. */
  hold(): void;
  release(): void;
  sayNow(text: string): void;
  /** Resolves once all is written, or after `ms` of no progress. */
  flush(ms: number): Promise<void>;
}

/** Bytes that may wait before services' lines are left out. */
const roof = 8 * 1024 * 1024;

/** A writer on a descriptor; `onGone` is called once when nobody reads there any more. */
export function newWriter(fd: number, onGone: () => void): Writer {
  let queue: string[] = [];
  let queued = 0;
  let held: string[] = [];
  let holding = false;
  let omitted = 0;
  let writing = false;
  let gone = false;
  let progress = 0;
  let idle: (() => void)[] = [];

  const enqueue = (text: string): void => {
    if (gone) return;
    if (holding) {
      held.push(text);
      queued += text.length;
      return;
    }
    queue.push(text);
    queued += text.length;
    if (!writing) next();
  };

  const next = (): void => {
    if (queue.length === 0) {
      for (const tell of idle) tell();
      idle = [];
      return;
    }
    const text = queue.join("");
    queue = [];
    writing = true;
    put(Buffer.from(text), text.length);
  };

  const put = (bytes: Buffer, length: number): void => {
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error !== null) return fail(error, bytes, length);
      progress++;
      if (written < bytes.length) return put(bytes.subarray(written), length);
      done(length);
    });
  };

  const done = (length: number): void => {
    queued -= length;
    writing = false;
    if (omitted > 0 && queued < roof / 2) {
      queue.push(
        `launch: ${omitted} lines were not shown, because the terminal did not keep up; they are in the logs\n`,
      );
      omitted = 0;
    }
    next();
  };

  const fail = (error: NodeJS.ErrnoException, bytes: Buffer, length: number): void => {
    // Somebody set the terminal to non-blocking: try again in a moment.
    if (error.code === "EAGAIN") return void after(10, () => put(bytes, length));
    gone = true;
    writing = false;
    queue = [];
    for (const tell of idle) tell();
    onGone();
  };

  return {
    say: (text) => enqueue(words(text)),
    show(text, lines) {
      if (queued > roof) omitted += lines;
      else enqueue(text);
    },
    hold: () => (holding = true),
    release() {
      holding = false;
      queue.push(...held);
      held = [];
      if (!writing) next();
    },
    sayNow(text) {
      const shown = words(text);
      queue.push(shown);
      queued += shown.length;
      if (!writing) next();
    },
    async flush(ms) {
      const isBusy = (): boolean => writing && !gone;
      for (let before = -1; isBusy() && before !== progress;) {
        before = progress;
        const { promise, resolve } = Promise.withResolvers<void>();
        idle.push(resolve);
        using _patience = after(ms, resolve);
        await promise;
      }
    },
  };
}
