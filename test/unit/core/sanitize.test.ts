import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainText, sanitize } from "../../../src/core/sanitize.ts";

describe("a line that is printed", () => {
  test("keeps its colours, and closes them at its end", () => {
    expect(sanitize("\x1b[1;31mred\x1b[0m plain")).toBe("\x1b[1;31mred\x1b[0m plain");
    expect(sanitize("\x1b[38:2::1:2:3mopen")).toBe("\x1b[38:2::1:2:3mopen\x1b[0m");
    expect(sanitize("\x9b32mgreen\x9bm")).toBe("\x1b[32mgreen\x1b[m");
  });

  test.each([
    ["cursor movement and erasing", "a\x1b[2J\x1b[H\x1b[1Ab\x9b2Kc", "abc"],
    ["private modes that look like colours", "a\x1b[?25l\x1b[>4;2mb", "ab"],
    ["a title", "a\x1b]0;title\x07b\x1b]2;t\x1b\\c\x9d0;t\x9cd", "abcd"],
    ["a write to the clipboard", "a\x1b]52;c;aGk=\x07b", "ab"],
    ["a link, but not its text", "\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"],
    ["DCS, SOS, PM and APC strings", "a\x1bPq#0\x1b\\b\x1bXx\x1b\\c\x1b^x\x1b\\d\x1b_x\x1b\\e\x90x\x9cf", "abcdef"],
    ["other escapes", "a\x1b7b\x1b(Bc\x1bcd\x1b#8e", "abcde"],
    ["bells", "a\x07b", "ab"],
  ])("loses %s", (_, line, expected) => {
    expect(sanitize(line)).toBe(expected);
    expect(plainText(line)).toBe(expected);
  });

  test("shows what stands after the last return to its start", () => {
    expect(sanitize("10%\r50%\r100%")).toBe("100%");
    expect(sanitize("10%\r50%\r")).toBe("50%");
    expect(sanitize("\r\r")).toBe("");
  });

  test("spells out what is left of controls, and what turns text around", () => {
    expect(sanitize("a\0b\x08c\td\x7fe\x85f\x1b")).toBe("a\\x00b\\x08c\td\\x7fe\\x85f\\x1b");
    expect(sanitize("a\u202eb\u2066c\u2028d\u2029e")).toBe("a\\u202eb\\u2066c\\u2028d\\u2029e");
  });

  test("hides no text behind a string sequence without an end", () => {
    expect(sanitize("a\x1b]0;secret")).toBe("a0;secret");
  });

  test("without anything suspicious is given back as it is", () => {
    expect(sanitize("größe\t😀 ok")).toBe("größe\t😀 ok");
  });

  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom("\x1b", "\x1b[", "\x9b", "\x1b]", "\x9d", "\x1bP", "\x1b\\", "\x9c", "\x07", "\r", "\n", "\t"),
      fc.constantFrom("m", "31", ";", "?", "0", "[", "]", "\\", "a", "\0", "\x85", "\u202e", "\u2069", "\u2028", "é"),
    ),
    maxLength: 40,
    size: "max",
  });

  test("never holds a control but tab and colours, whatever the program wrote", () => {
    fc.assert(
      fc.property(nasty, (line) => {
        const rest = sanitize(line).replaceAll(/\x1b\[[0-9;:]*m/g, "");
        expect(rest).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/);
        expect(plainText(line)).toBe(rest);
      }),
      { numRuns: 500 },
    );
  });

  test("is not changed by being sanitized again", () => {
    fc.assert(fc.property(nasty, (line) => sanitize(sanitize(line)) === sanitize(line)));
  });

  test("takes time in proportion to its length, whatever it is made of", () => {
    for (const part of ["\x1b]", "\x9d", "\x1b[", "\x1b[0", "\r", "\x1b[ ", "\x1bP;", "\x1b]a\t"]) {
      const line = part.repeat(65_536 / part.length);
      expect(sanitize(`${line}x`).length).toBeLessThan(line.length * 6);
    }
  }, 10_000);
});
