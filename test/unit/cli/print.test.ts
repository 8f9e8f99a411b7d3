// Nothing that launch's words quote acts on a terminal, and there is one way out for them.

import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { paint, span } from "../../../src/tui/model/line.ts";
import { jsonText, pictured, printable } from "../../../src/core/sanitize.ts";

const root = resolve(import.meta.dirname, "../../..");
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

it("what is quoted is shown as pictures, one cell each", () => {
  expect(printable("a \x1b]52;c;aGk=\x07 b\r\x9b2J\u202e\x7f\n\tc", false)).toBe(
    "a ␛]52;c;aGk=␇ b␍\ufffd2J\ufffd␡\n\tc",
  );
  expect(printable("\x1b[31mred\x1b[39m", false)).toBe("␛[31mred␛[39m");
  expect(pictured("\x1b[1mx")).toBe("␛[1mx");
});

it("launch's own styles stay where it uses some, and what is left open is closed at its line's end", () => {
  expect(printable("\x1b[2mdim\x1b[22m \x1b[32mgood\x1b[39m", true)).toBe("\x1b[2mdim\x1b[22m \x1b[32mgood\x1b[39m");
  expect(printable("\x1b[31mlong\nnext \x1b[8mhidden\x1b[38;5;1m", true)).toBe(
    "\x1b[31mlong\x1b[0m\nnext ␛[8mhidden␛[38;5;1m",
  );
});

it("nothing but styles comes through, whatever is quoted", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\x1b", "[", "m", "31", "\x9b", "\x1b[1m", "\n"),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      expect(printable(text, false)).not.toMatch(controls);
      expect(printable(text, true).replaceAll(/\x1b\[\d{1,2}m/g, "")).not.toMatch(controls);
      expect(pictured(text).length).toBe(text.length);
    }),
  );
});

it("JSON means the same, and shows nothing but itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = jsonText({ text });
      expect(JSON.parse(json)).toEqual({ text });
      expect(json).not.toMatch(controls);
    }),
  );
  expect(jsonText(["\x9b\u202e\x1b"])).toBe(String.raw`["\u009b\u202e\u001b"]`);
});

it("a row of the dashboard has no control that it quotes", () => {
  const line = [span("a\x1b[2J", "bad"), { text: "\x07b" }];
  expect(paint(line, true)).toBe("\x1b[31ma␛[2J\x1b[39m␇b");
  expect(span("\x9b").text).toBe("\ufffd");
});

it("words go out in one place", () => {
  // The version takes a shorter way; a joined terminal shows what its service shows; the engine's wire is no terminal.
  const allowed = new Map([
    ["print.ts", /process\.std(?:out|err)\.write\(words\(text\)\)/],
    ["main.ts", /process\.stdout\.write\(text\)|process\.stderr\.write\(`launch: \$\{message\}/],
    ["engine-process.ts", /lifeline\.write/],
    ["env.ts", /JSON\.stringify\(value\)/],
  ]);
  const found = globSync("src/cli/**/*.ts", { cwd: root }).flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .filter((line) => /process\.std(?:out|err)\.write\(|console\.|JSON\.stringify\(/.test(line))
      .filter((line) => allowed.get(basename(file))?.test(line) !== true)
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
