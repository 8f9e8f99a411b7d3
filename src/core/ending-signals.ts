// The signals that end a run, and when two of them are one request.

import type { Millis } from "./service.ts";

/** What each means by its number, as a shell says an end by it: 128 and this. The numbers are those of Linux. */
const numbers = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGUSR2: 12,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGXCPU: 24,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGIO: 29,
  SIGPWR: 30,
} as const;

/** A signal that ends a program which does not listen to it: a run it ends in order. */
export type EndingSignal = keyof typeof numbers;

/** All of them; a system may lack some. Those that say a program is broken, SIGKILL and the real-time ones are left to the guard. */
export const endingSignals = Object.keys(numbers) as readonly EndingSignal[];

/** The exit code of who was ended by the signal. */
export function codeOfSignal(signal: EndingSignal): number {
  return 128 + numbers[signal];
}

/** What a terminal and a program between it and us both hand on comes within so many milliseconds. */
export const sameRequest: Millis = 300;

/** Counts requests to end. */
export interface RequestCounter {
  /** The number of the request that comes now, from 1; undefined for one that is still the last one. */
  next(at: Millis): number | undefined;
  /** The last one has been dealt with only now: what came meanwhile is heard after this, and is no later for it. */
  handled(at: Millis): void;
}

/** A counter that has counted nothing. */
export function newRequestCounter(): RequestCounter {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  return {
    next(at) {
      if (at - last < sameRequest) return undefined;
      last = at;
      return ++count;
    },
    handled(at) {
      last = at;
    },
  };
}
