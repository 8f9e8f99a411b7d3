// Gives back, once things are quiet, the memory that starting has taken.

import { after } from "../effects/clock.ts";

/** Collects garbage after so many milliseconds, unless disposed before. */
export function tidyMemoryIn(ms: number): Disposable {
  // Loaded when it is used: `node:v8` alone takes 5 ms.
  return after(ms, () => void import("../effects/memory.ts").then(({ collectGarbage }) => collectGarbage()));
}
