// Looks whether a ready service still gives signs of life, by the rules of `core/watchdog.ts`.

import type { Millis } from "../../core/service.ts";
import { isSilent, lookInterval, looked, type Vigil } from "../../core/watchdog.ts";
import { now, sleep } from "../clock.ts";
import type { Leader } from "../ports/ownership.ts";
import { isTreeHeld } from "./watch.ts";

/** Whom to watch. */
export interface WatchdogOptions {
  readonly limit: Millis;
  readonly leader: Leader;
  /** When the latest sign of life was heard, on the clock of `now()`. */
  readonly heard: () => Millis | undefined;
  readonly signal: AbortSignal;
}

/** Resolves with true once it has been silent for too long, with false when the signal is aborted. */
export async function awaitSilence({ limit, leader, heard, signal }: WatchdogOptions): Promise<boolean> {
  let vigil: Vigil = { limit, since: now() };
  while (!signal.aborted) {
    const due = now() + lookInterval(limit);
    await sleep(due - now(), signal).catch(() => {});
    const at = now();
    // Whoever has just been heard is not held, so the process table need not be read.
    const isOverdue = at - Math.max(vigil.since, heard() ?? 0) > limit / 2;
    vigil = looked(vigil, { at, due, heard: heard(), isHeld: isOverdue && isTreeHeld(leader) });
    if (!signal.aborted && isSilent(vigil, at)) return true;
  }
  return false;
}
