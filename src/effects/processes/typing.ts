// What is typed into a pseudo-terminal: written at once as far as the terminal takes it, and the rest when it has room.

import { writeSync } from "node:fs";
import { after } from "../clock.ts";

/** Keys on their way to a program. Disposing forgets what it has not taken. */
export interface Typing extends Disposable {
  type(keys: Buffer): void;
}

/** Between two attempts at a terminal that has no room. */
const retryMs = 10;
/** Keys that are kept for a program that does not read; more is not taken. */
const most = 1 << 20;

/** Typing into a descriptor that does not block. */
export function newTyping(fd: number): Typing {
  let waiting: Buffer = Buffer.alloc(0);
  let retry: Disposable | undefined;
  let isOver = false;

  const push = (): void => {
    retry = undefined;
    while (waiting.length > 0) {
      try {
        // Never through a stream: libuv writes to a terminal's master until all is taken, and nothing else runs meanwhile.
        waiting = waiting.subarray(writeSync(fd, waiting));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") retry = after(retryMs, push);
        else waiting = Buffer.alloc(0);
        return;
      }
    }
  };

  return {
    type(keys) {
      if (isOver || waiting.length + keys.length > most) return;
      waiting = waiting.length === 0 ? keys : Buffer.concat([waiting, keys]);
      if (retry === undefined) push();
    },
    [Symbol.dispose]() {
      isOver = true;
      waiting = Buffer.alloc(0);
      retry?.[Symbol.dispose]();
    },
  };
}
