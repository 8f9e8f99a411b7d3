import { expect, test } from "vitest";
import { lastWordsOf } from "../../../src/core/last-words.ts";

test("the last words of a run are its last error, or else its last line, and safe to print", () => {
  expect(lastWordsOf([])).toBeUndefined();
  expect(lastWordsOf(["", "  "])).toBeUndefined();
  expect(lastWordsOf(["starting", "bye", ""])).toBe("bye");
  expect(lastWordsOf(["ERROR no disk", "cleaning up"])).toBe("ERROR no disk");
  expect(lastWordsOf(["Traceback (most recent call last):", '  File "a.py"', "KeyError: 'x'"])).toBe("KeyError: 'x'");
  expect(lastWordsOf(["\u001b]52;c;AAAA\u0007\u001b[31mgone\u001b[0m"])).toBe("gone");
  expect(lastWordsOf(["x".repeat(1000)])).toHaveLength(240);
});
