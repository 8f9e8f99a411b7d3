// Patterns that people write: in a manifest, on the command line, in a search.

import { setFlagsFromString } from "node:v8";

let isBounded = false;

/**
 * Bounds what a regular expression may try. Some, such as `(a+)+$`, take V8 exponentially long for a line that nearly matches; after
 * some 50,000 steps back it looks by its other engine from now on, which takes as long as the line is. That one does not know every
 * pattern; `isLinear` tells which, from now on. Code caches that are read later are refused.
 */
export function boundPatterns(): void {
  if (!isBounded) {
    setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
    setFlagsFromString("--enable-experimental-regexp-engine");
  }
  isBounded = true;
}

/** The regular expression, bounded where `isLinear` says so; throws a `SyntaxError` for one that is none. */
export function newPattern(source: string, flags = ""): RegExp {
  boundPatterns();
  return new RegExp(source, flags);
}
