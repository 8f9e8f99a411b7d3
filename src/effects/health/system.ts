// This machine's sockets as probes see them. All who wait for a socket to appear share one look at the counters.

import type { Millis } from "../../core/service.ts";
import { after, now } from "../clock.ts";
import { owns } from "../ports/ownership.ts";
import { pollListeners, readListeners, readSocketCount } from "../ports/sockets.ts";
import type { Sockets } from "./subject.ts";

/** Between two looks at the counters, of which one takes 0.02 ms, while somebody is in a hurry, and while nobody is. */
const hurried = 1;
const calm = 10;
/** Who has come to wait no longer than this, in milliseconds, is in a hurry. */
const short = 100;

const waiting = new Set<(count: string | undefined) => void>();
let ticking: Disposable | undefined;
let hurriedUntil = 0;

function changed(since: string | undefined, within: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      waiting.delete(look);
      late[Symbol.dispose]();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const look = (count: string | undefined): void => {
      if (count !== since) end();
    };
    const late = after(within, end);
    signal.addEventListener("abort", end, { once: true });
    waiting.add(look);
    if (within <= short) hurriedUntil = now() + within;
    ticking ??= after(0, lookAround);
  });
}

function lookAround(): void {
  const count = readSocketCount();
  for (const look of waiting) look(count);
  ticking = waiting.size > 0 ? after(now() < hurriedUntil ? hurried : calm, lookAround) : undefined;
}

/** The sockets of this network namespace. */
export const systemSockets: Sockets = {
  read: readListeners,
  poll: pollListeners,
  changed,
  count: readSocketCount,
  owns,
};
