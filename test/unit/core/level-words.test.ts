import { expect, it } from "vitest";
import { levelOf, type Level } from "../../../src/core/level.ts";

const words: Readonly<Record<Level, string>> = {
  error: "E F err error fatal crit critical panic severe alert emerg emergency",
  warn: "W wrn warn warning",
  info: "I inf info notice log",
  debug: "D trc dbg debug trace verbose fine finest silly",
};

it.each(Object.entries(words).flatMap(([level, all]) => all.split(" ").map((word) => [word, level] as const)))(
  "a line whose level is called %s is of %s",
  (word, level) => {
    expect(levelOf(`{"level":"${word}","msg":"x"}`)).toBe(level);
    expect(levelOf(`level=${word.toUpperCase()} msg=x`)).toBe(level);
  },
);

it("a level that nobody knows is none", () => {
  expect(levelOf('{"level":"purple","msg":"x"}')).toBeUndefined();
});
