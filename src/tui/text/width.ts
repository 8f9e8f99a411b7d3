// How wide a line is on a terminal.

import { advance, lineStart } from "./walk.ts";

/** The columns of a line, colours and what else is not seen left out. */
export function width(line: string): number {
  return advance(line, lineStart, Infinity).column;
}
