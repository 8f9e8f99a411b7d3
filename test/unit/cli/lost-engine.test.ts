import { expect, it } from "vitest";
import { lastWords } from "../../../src/cli/lost-engine.ts";

it("shows what V8 says last without the addresses below it", () => {
  const text = [
    "",
    "<--- Last few GCs --->",
    "[1:0x1]     120 ms: Mark-Compact 3.8 (5.0) -> 3.7 (5.0) MB",
    "",
    "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    "----- Native stack trace -----",
    "",
    " 1: 0xe36196 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]",
    "10: 0x7f0b4c",
  ].join("\n");
  expect(lastWords(text).split("\n").at(-1)).toBe(
    "  FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
  );
});

it("shows no more than the last twelve lines, each of them cut to a line's length", () => {
  const lines = lastWords(Array.from({ length: 100 }, (_, at) => `${at} ${"x".repeat(1000)}`).join("\n")).split("\n");
  expect(lines.map((line) => line.trim().split(" ")[0])).toEqual(
    Array.from({ length: 12 }, (_, at) => String(88 + at)),
  );
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(210);
});
