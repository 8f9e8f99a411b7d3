// The end of a process that is no child of ours: nobody tells of it, so it is looked at again and again.

import { sleep } from "../clock.ts";
import { isProcess } from "./proc.ts";

/** Between two looks at a process whose end nobody tells of, in milliseconds. */
const betweenLooks = 50;
/** Every so many looks it is asked whether it has ended and its parent does not care: that takes ten times as long. */
const looksBetweenReads = 10;

/** Who is waited for, and what is done at its end. */
const awaited = new Map<object, { readonly one: Parameters<typeof isProcess>[0]; readonly settle: () => void }>();
let isLooking = false;

/** Resolves once exactly this process has ended. */
export function awaitEnd(one: Parameters<typeof isProcess>[0]): Promise<void> {
  if (!isProcess(one)) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  awaited.set(promise, { one, settle: resolve });
  if (!isLooking) void lookOn();
  return promise;
}

// Together: a timer for each of a hundred would cost more than the looks.
async function lookOn(): Promise<void> {
  isLooking = true;
  for (let look = 1; awaited.size > 0; look++) {
    await sleep(betweenLooks);
    for (const [key, { one, settle }] of awaited) {
      if (look % looksBetweenReads === 0 ? isProcess(one) : isThere(one.pid)) continue;
      awaited.delete(key);
      settle();
    }
  }
  isLooking = false;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's, perhaps.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
