// Which lines somebody wants to see: those that a pattern is found in, and those that are serious enough. A line of a stack
// trace is as serious as the line that it belongs to, so lines are shown to a filter in order. Pure.

import { isAtLeast, isContinuation, type Level, type LevelFilter, levelOf } from "../../core/level.ts";
import { plainText } from "../../core/sanitize.ts";

/** What lines are asked for. */
export interface Wanted {
  readonly pattern?: RegExp;
  readonly level: LevelFilter;
}

/** A filter that is in the middle of a service's lines. */
export interface LineFilter {
  /** True if the line is wanted; every line is to be asked about, in order. */
  wants(text: string): boolean;
  /** Takes note of a line above the first that is asked about. */
  pass(text: string): void;
}

/** True if nothing is left out. */
export function wantsAll({ pattern, level }: Wanted): boolean {
  return pattern === undefined && level === "all";
}

/** A filter that has seen no line yet. */
export function newLineFilter({ pattern, level: least }: Wanted): LineFilter {
  let level: Level | undefined;
  const pass = (plain: string): void => {
    if (least === "all") return;
    const own = levelOf(plain);
    if (own !== undefined || !isContinuation(plain)) level = own;
  };
  return {
    pass: (text) => pass(plainText(text)),
    wants(text) {
      const plain = plainText(text);
      pass(plain);
      return isAtLeast(level, least) && (pattern === undefined || pattern.test(plain));
    },
  };
}
