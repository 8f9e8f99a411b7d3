// Gives back, once things are quiet, the memory that starting has taken.

import { after } from "../effects/clock.ts";

/** Until V8 is told not to collect by itself, in milliseconds: the start goes first, and in 8 s it would be too late. */
const outOfTheWay = 1500;

/** Collects garbage after so many milliseconds, unless disposed before. */
export function tidyMemoryIn(ms: number): Disposable {
  // Loaded when it is used: `node:v8` alone takes 5 ms.
  return after(ms, () => void import("../effects/memory.ts").then(({ collectGarbage }) => collectGarbage()));
}

/** Has V8 do nothing by itself for as long as this process is quiet, unless disposed before. Call it at the start. */
export function keepQuiet(): Disposable {
  return after(
    outOfTheWay,
    () => void import("../effects/memory.ts").then(({ forgoLateCollections }) => forgoLateCollections()),
  );
}
