// Our own memory: what starting needed is given back once, when everything is up, and from then on little is taken.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** V8 collects by itself 8 s into the quiet at the earliest; until then, in milliseconds from our start, it can be told not to. */
const early = 6000;

/**
 * Tells V8 not to collect in two steps once it has been quiet for 8 s: a supervisor that has nothing to do should do nothing.
 * Does nothing later than 6 s after our start: told in the middle of those steps, V8 ends the process.
 */
export function forgoLateCollections(): void {
  if (performance.now() < early) setFlagsFromString("--memory-reducer-gc-count=0");
}

/** Collects what the start left behind, blocking for some 20 ms. Call it once. */
export function collectGarbage(): void {
  forgoLateCollections();
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: { type: "major"; flavor: "last-resort" }) => void;
  collect({ type: "major", flavor: "last-resort" });
  // What new objects are made in would double again and again under a flood, to 100 MB of which hardly any is in use; it stays at
  // the 2 MB that it now has. So little is collected sooner by one thread than shared out to four.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-parallel-scavenge");
}
