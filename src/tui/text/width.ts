// How wide a line is on a terminal.

import { advance, lineStart } from "./walk.ts";

const plainAscii = /^[ -~]*$/;

/** The columns of a line, colours and what else is not seen left out. */
export function width(line: string): number {
  // Nearly everything that the dashboard itself says.
  if (plainAscii.test(line)) return line.length;
  return advance(line, lineStart, Infinity).column;
}
