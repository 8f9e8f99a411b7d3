import { expect, it } from "vitest";
import { newLeftModes } from "../../../src/cli/left-modes.ts";

/** What undoes these pieces of output. */
const undoing = (...pieces: readonly string[]): string => {
  const modes = newLeftModes();
  for (const piece of pieces) modes.see(Buffer.from(piece));
  return modes.undo();
};

it.each([
  ["nothing where nothing was set", ["plain \x1b[31mred\x1b[0m\r\n"], ""],
  ["the other screen last", ["\x1b[?1049h\x1b[?25l"], "\x1b[?25h\x1b[?1049l"],
  ["nothing that was taken back", ["\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"], ""],
  ["several modes at once", ["\x1b[?1000;1006h"], "\x1b[?1000l\x1b[?1006l"],
  ["what came in pieces", ["\x1b", "[", "?10", "49", "h"], "\x1b[?1049l"],
  ["pushed keyboard modes", ["\x1b[>1u\x1b[>5u\x1b[<u"], "\x1b[<1u"],
  ["no synchronized output", ["\x1b[?2026h"], ""],
  ["auto-wrap", ["\x1b[?7l"], "\x1b[?7h"],
])("undoes %s", (_, pieces, expected) => {
  expect(undoing(...pieces)).toBe(expected);
});
