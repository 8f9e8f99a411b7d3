import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countLineFeeds } from "../../../src/core/line-feeds.ts";
import { countLines, goesOn, lineBound, linesOf, standingEnd, wholeLines } from "../../../src/effects/logs/lines.ts";

function batch(content: string | Buffer, continued = false) {
  return { bytes: Buffer.from(content as string), continued, origin: "program" as const };
}

function texts(content: string | Buffer): string[] {
  return Array.from(linesOf(batch(content)), (line) => line.text);
}

describe("lines", () => {
  test("end at a line feed only, and lose a carriage return before it", () => {
    expect(texts("one\ntwo\r\nth\ree\u2028four\u0085\u000bfive\n\nsix\n")).toEqual([
      "one",
      "two",
      "th\ree\u2028four\u0085\u000bfive",
      "",
      "six",
    ]);
  });

  test("keep NUL, and show what is no UTF-8 as U+FFFD", () => {
    expect(texts(Buffer.from([97, 0, 98, 0xff, 0xc3, 10, 0xc3, 0xa9, 10]))).toEqual(["a\0b\ufffd\ufffd", "é"]);
  });

  test("without an end are marked as continued in the next batch only", () => {
    expect([...linesOf(batch("rest\nnew\nunfinished", true))]).toEqual([
      { text: "rest", continued: true },
      { text: "new", continued: false },
      { text: "unfinished", continued: false },
    ]);
  });

  test("that came without an end are not listed again for the end alone", () => {
    expect([...linesOf(batch("\r\n\nnew\n", true))]).toEqual([
      { text: "", continued: false },
      { text: "new", continued: false },
    ]);
    expect([...linesOf(batch("\r", true))]).toEqual([]);
    expect([...linesOf(batch("\n"))]).toEqual([{ text: "", continued: false }]);
  });

  test("that return to their start go on in place of what was shown", () => {
    expect(goesOn({ text: "rest", continued: true })).toBe(true);
    expect(goesOn({ text: "rest\r", continued: true })).toBe(true);
    expect(goesOn({ text: "\r50 %", continued: true })).toBe(false);
    expect(goesOn({ text: "new", continued: false })).toBe(false);
  });

  test("without an end may be shown up to a return or a part of a code point", () => {
    for (const [shown, held] of [
      ["", ""],
      ["", "\r"],
      ["50 %", "\r\r"],
      ["a\rb", "\r"],
      ["größe😀", ""],
    ] as const) {
      expect(standingEnd(Buffer.from(shown + held))).toBe(Buffer.byteLength(shown));
    }
    for (const point of ["ö", "€", "😀"]) {
      const bytes = Buffer.from(`abc${point}`);
      for (let end = 4; end < bytes.length; end++) expect(standingEnd(bytes.subarray(0, end))).toBe(3);
    }
    expect(standingEnd(Buffer.alloc(10, 0x80))).toBe(10);
  });

  test("of exactly the bound stay whole, with or without a carriage return", () => {
    const line = "x".repeat(lineBound);
    expect(texts(`${line}\n${line}\r\n`)).toEqual([line, line]);
  });

  test("above the bound are cut, and the rest is marked as continued", () => {
    const cut = [...linesOf(batch(`${"x".repeat(lineBound * 2)}yz\nnext\n`))];
    expect(cut.map((line) => [line.text.length, line.continued])).toEqual([
      [lineBound, false],
      [lineBound, true],
      [2, true],
      [4, false],
    ]);
  });

  test("are never cut within a code point", () => {
    for (const shift of [0, 1, 2, 3]) {
      const text = "a".repeat(shift) + "😀".repeat(lineBound / 4 + 10);
      const pieces = texts(`${text}\n`);
      expect(pieces).toHaveLength(2);
      expect(pieces.join("")).toBe(text);
    }
  });

  test("of bytes that are all continuation bytes are still cut at the bound", () => {
    const [first] = texts(Buffer.alloc(lineBound + 100, 0x80));
    expect(first).toHaveLength(lineBound);
  });

  test("are counted as they are listed, and together hold every byte", () => {
    const piece = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("\n", "\r\n", "\r", "é", "😀", "word", "") },
      { weight: 1, arbitrary: fc.integer({ min: lineBound - 3, max: lineBound + 3 }).map((size) => "x".repeat(size)) },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const content = pieces.join("");
        const rest = batch(content, true);
        expect(countLines(rest)).toBe([...linesOf(rest)].length);
        const lines = [...linesOf(batch(content))];
        expect(countLines(batch(content))).toBe(lines.length);
        const joined = lines.map((line, index) => (line.continued || index === 0 ? "" : "\n") + line.text).join("");
        expect(joined).toBe(content.replaceAll("\r\n", "\n").replace(/\n$/, ""));
      }),
      { numRuns: 30 },
    );
  });

  test("are handed over as far as nothing to come can change them", () => {
    const bytes = Buffer.from(`one\ntwo\nthr`);
    expect(wholeLines(bytes)).toBe(8);
    expect(wholeLines(Buffer.alloc(lineBound + 1, "x"))).toBe(0);
    expect(wholeLines(Buffer.alloc(lineBound * 3 + 5, "x"))).toBe(lineBound * 3);
  });
});

test("line feeds are counted exactly at every alignment, whatever is around them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(10, 9, 11, 0, 0x8a, 0xff, 120), { maxLength: 200, size: "max" }),
      fc.nat(8),
      (values, from) => {
        const bytes = Uint8Array.from(values).subarray(Math.min(1, values.length));
        const expected = bytes.subarray(from).filter((value) => value === 10).length;
        expect(countLineFeeds(bytes, from, Math.max(from, bytes.length))).toBe(expected);
      },
    ),
  );
});
