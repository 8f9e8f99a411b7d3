// When silence is the service's own: how long it has been heard nothing of, less the time in which it could not speak or we
// could not hear. Looked at several times within its limit, so that what happened in between is known.

import type { Millis } from "./service.ts";

/** The watch over one run. */
export interface Vigil {
  readonly limit: Millis;
  /** Since when its silence counts. */
  readonly since: Millis;
}

/** What a look finds. */
export interface Look {
  readonly at: Millis;
  /** When it was meant to be. */
  readonly due: Millis;
  /** When the latest sign of life was heard; undefined: never. */
  readonly heard: Millis | undefined;
  /** True while it is stopped or traced. */
  readonly isHeld: boolean;
}

/** A look that comes later than this says that we were stopped, or the machine slept. */
const tolerated: Millis = 200;

/** Between two looks; a quarter of the limit, at most a second. */
export function lookInterval(limit: Millis): Millis {
  return Math.min(1000, limit / 4);
}

/** The watch after a look. A sign begins the limit anew; so does time in which it was held, or we were late. */
export function looked(vigil: Vigil, { at, due, heard, isHeld }: Look): Vigil {
  if (isHeld || at - due > tolerated) return { ...vigil, since: at };
  return heard !== undefined && heard > vigil.since ? { ...vigil, since: heard } : vigil;
}

/** True once it has been silent for too long. */
export function isSilent({ limit, since }: Vigil, at: Millis): boolean {
  return at - since >= limit;
}
