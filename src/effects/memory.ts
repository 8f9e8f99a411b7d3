// Our own memory: what starting needed is given back once, when everything is up, and from then on little is taken.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects what the start left behind, blocking for some 20 ms. V8 would do the same by itself in two steps, 8 s into the
 * quiet, and is told not to: a supervisor that has nothing to do should do nothing. Call it once.
 */
export function collectGarbage(): void {
  setFlagsFromString("--memory-reducer-gc-count=0");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: { type: "major"; flavor: "last-resort" }) => void;
  collect({ type: "major", flavor: "last-resort" });
  // What new objects are made in would double again and again under a flood, to 100 MB of which hardly any is in use; it stays at
  // the 2 MB that it now has. So little is collected sooner by one thread than shared out to four.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-parallel-scavenge");
}
