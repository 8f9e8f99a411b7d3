import { expect, test } from "vitest";
import { countLines } from "../../../bench/peers/scenarios/whole-lines.ts";

const line = (number: number): string => `${String(number).padStart(10, "0")} ${"x".repeat(28)}`;

function count(text: string, pieces = 7): number {
  const lines = countLines(100, 40);
  for (let at = 0; at < text.length; at += pieces) lines.add(text.slice(at, at + pieces));
  return lines.whole();
}

test("finds lines however the text was cut on its way", () => {
  const text = [1, 2, 3].map(line).join("\n");
  expect([1, 5, 39, 40, 41, 1000].map((pieces) => count(text, pieces))).toEqual([3, 3, 3, 3, 3, 3]);
});

test("does not mind prefixes, colours and carriage returns", () => {
  expect(count(`flood.1 | ${line(1)}\r\n\u001b[32m[flood]\u001b[0m ${line(2)}\u001b[0m\n`)).toBe(2);
});

test("counts a line that is broken in two as lost", () => {
  const broken = `${line(2).slice(0, 20)}\nflood | ${line(2).slice(20)}`;
  expect(count([line(1), broken, line(3)].join("\n"))).toBe(2);
});

test("counts two lines that run into each other as lost", () => {
  expect(count(`${line(1)}${line(2)}\n${line(3)}\n`)).toBe(1);
});

test("counts a line that comes twice once, and one of somebody else never", () => {
  expect(count([line(5), line(5), line(101), "something else"].join("\n"))).toBe(1);
});
