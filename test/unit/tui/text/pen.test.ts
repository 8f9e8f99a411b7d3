// What colours and attributes are in force after the sequences of a line.

import { expect, it } from "vitest";
import { penAcross, plain, sgr } from "../../../../src/tui/text/pen.ts";

/** Sequences, given by their parameters, and what sets all that is in force after them. */
const cases: readonly (readonly [parameters: readonly string[], set: string])[] = [
  [[], ""],
  [["31"], "31"],
  [["1;31"], "1;31"],
  [["31", "1", "44"], "1;31;44"],
  [["31", "39"], ""],
  [["31", "0"], ""],
  [["31", ""], ""],
  [["1", "2", "3", "22"], "3"],
  [["4", "7", "24"], "7"],
  [["7", "27"], ""],
  [["9", "8", "29", "28"], ""],
  [["31", "92"], "92"],
  [["41", "49"], ""],
  [["38;5;208"], "38;5;208"],
  [["38;5;208;1"], "1;38;5;208"],
  [["48;2;1;2;3", "38;2;4;5;6"], "38;2;4;5;6;48;2;1;2;3"],
  [["38:2::4:5:6"], "38:2::4:5:6"],
  [["58;5;9", "4"], "4;58;5;9"],
  [["58;5;9", "59"], ""],
  [["0;32"], "32"],
  [["32;0"], ""],
  [["4:3", "4:0"], ""],
  [["1", "1"], "1"],
  [["99999"], ""],
];

it.each(cases)("knows what is in force after %j", (parameters, set) => {
  const line = parameters.map((text) => `x\x1b[${text}m`).join("");
  expect(sgr(penAcross(plain, line, 0, line.length))).toBe(set === "" ? "" : `\x1b[${set}m`);
});

it("looks at the part of the line that it is asked about alone", () => {
  const line = "\x1b[31mab\x1b[1mcd\x1b[0m";
  expect(sgr(penAcross(plain, line, 5, line.indexOf("\x1b[0m")))).toBe("\x1b[1m");
});

it("takes other sequences for none", () => {
  const line = "\x1b[?1m\x1b[31K\x1b]0;\x1b[1m\x07";
  expect(penAcross(plain, line, 0, 10)).toBe(plain);
});
