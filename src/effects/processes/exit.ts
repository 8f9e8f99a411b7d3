// How a process ended, in the numbers that the system has for it.

import { constants } from "node:os";
import type { Exit } from "../../core/failure.ts";

/** The end of a process by its exit code and the number of the signal that ended it, 0 for none. */
export function exitOf(code: number, signal: number): Exit {
  if (signal === 0) return { code, signal: null };
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return { code: null, signal: name ?? `signal ${signal}` };
}
