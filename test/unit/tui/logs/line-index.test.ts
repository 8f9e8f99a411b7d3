import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineBound } from "../../../../src/tui/logs/cut.ts";
import { createLineIndex } from "../../../../src/tui/logs/line-index.ts";
import type { Source } from "../../../../src/tui/logs/source.ts";
import { memoryLog } from "./memory-log.ts";

const allOf = (source: Source): string[] =>
  source.lines(source.first(), source.end() - source.first()).map((line) => line.text);

describe("the index of a log's lines", () => {
  it("shows a line without an end, and completes it later", () => {
    const log = memoryLog();
    const index = createLineIndex("api", log);
    log.write("one\ntw");
    index.poll(1);
    expect(allOf(index)).toEqual(["one", "tw"]);
    expect(index.isOpen(1)).toBe(true);
    log.write("o\nthree\r\n");
    index.poll(2);
    expect(allOf(index)).toEqual(["one", "two", "three"]);
    expect(index.isOpen(2)).toBe(false);
  });

  it("knows when a line was first seen, but not of lines that were there before", () => {
    const log = memoryLog("old\n");
    log.write("before\n");
    const index = createLineIndex("api", log);
    log.write("a\nb");
    index.poll(500);
    index.poll(1000);
    log.write("b\nc\n");
    index.poll(2000);
    expect([0, 1, 2, 3].map((line) => index.timeOf(line))).toEqual([undefined, 1000, 1000, 2000]);
  });

  it("goes back before this run without giving any line a new number", () => {
    const log = memoryLog("old one\nold two without an end");
    const index = createLineIndex("api", log);
    log.write("new\n");
    index.poll(1);
    expect(index.lines(0, 1)[0]).toMatchObject({ text: "new", continued: false });
    expect(index.extendBack()).toBe(true);
    expect(index.extendBack()).toBe(false);
    expect(index.first()).toBe(-2);
    expect(allOf(index)).toEqual(["old one", "old two without an end", "new"]);
    expect(index.runStart()).toBe(0);
    expect(index.lines(0, 1)[0]).toMatchObject({ text: "new", continued: false });
  });

  it("takes in the end of a log that is long already, and the rest on demand", () => {
    const log = memoryLog("earlier\n");
    const lines = Array.from({ length: 12_000 }, (_, index) => `line ${index} ${"x".repeat(500)}`);
    log.write(`${lines.join("\n")}\n`);
    const index = createLineIndex("api", log);
    while (index.poll(1));
    expect(index.end() - index.first()).toBeLessThan(9000);
    expect(index.lines(index.end() - 1, 1)[0]?.text).toBe(lines.at(-1));
    while (index.extendBack());
    expect(index.end() - index.first()).toBe(12_001);
    expect(index.lines(index.first(), 2).map((line) => line.text)).toEqual(["earlier", lines[0]]);
    expect(index.runStart()).toBe(index.first() + 1);
    const start = index.runStart()!;
    for (let at = 0; at < lines.length; at += 41) expect(index.lines(start + at, 1)[0]?.text).toBe(lines[at]);
    expect(index.lines(index.end() - 1, 1)[0]?.text).toBe(lines.at(-1));
    expect(index.placeInFile(start + 6234)).toEqual({ service: "api", line: 6236 });
  });

  it("catches up with a very fast writer over several polls", () => {
    const log = memoryLog();
    const index = createLineIndex("api", log);
    log.write("x\n".repeat(3 * 1024 * 1024));
    index.poll(1);
    expect(index.behind()).toBe(2 * 1024 * 1024);
    index.poll(2);
    expect(index.behind()).toBe(0);
    expect(index.end()).toBe(3 * 1024 * 1024);
  });

  it("says that a log was emptied, and goes on with new numbers", () => {
    const log = memoryLog();
    const index = createLineIndex("api", log);
    log.write("one\ntwo\n");
    index.poll(1);
    log.truncate();
    log.write("new\n");
    index.poll(2);
    expect(index.lines(index.first(), 9).map(({ number, origin }) => [number, origin])).toEqual([
      [2, "launch"],
      [3, "program"],
    ]);
    expect(allOf(index)[1]).toBe("new");
  });

  it("loses what was rotated away, and gives no other line a new number", () => {
    const log = memoryLog();
    const index = createLineIndex("api", log);
    const lines = Array.from({ length: 9000 }, (_, at) => `line ${at} ${"x".repeat(20)}`);
    log.write(`${lines.join("\n")}\nopen`);
    index.poll(1);
    for (const first of [1234, 1235, 4321, 8999, 9000]) {
      log.rotate(Buffer.byteLength(`${lines.slice(0, first).join("\n")}\n`));
      index.poll(2);
      expect(index.first()).toBe(first);
      expect(index.end()).toBe(9001);
      expect(allOf(index)).toEqual([...lines.slice(first), "open"]);
      expect(index.extendBack()).toBe(false);
      expect(index.isCut()).toBe(false);
    }
    log.write("ed\nnext\n");
    index.poll(3);
    expect(allOf(index)).toEqual(["opened", "next"]);
    expect(index.placeInFile(9001)).toEqual({ service: "api", line: 2 });
  });

  it("goes on behind a hole that is ahead of it", () => {
    const log = memoryLog();
    const index = createLineIndex("api", log);
    log.write("one\ntwo\nth");
    index.poll(1);
    log.write("ree\nfour\n");
    log.rotate(14);
    index.poll(2);
    expect(index.lines(index.first(), 9).map(({ number, text }) => [number, text])).toEqual([[3, "four"]]);
  });

  it("shows no NULs of lines that are rotated away while they are looked at", () => {
    const log = memoryLog();
    const index = createLineIndex("api", log);
    log.write("one\ntwo\n");
    index.poll(1);
    log.rotate(4);
    expect(index.lines(0, 2).every(({ text }) => !text.includes("\0"))).toBe(true);
  });

  it("takes from the engine when lines were seen that were there before", () => {
    const log = memoryLog();
    log.write("one\ntwo\n");
    log.note(0, 100);
    log.note(4, 200);
    const index = createLineIndex("api", log);
    index.poll(500);
    log.write("three\n");
    index.poll(600);
    expect([0, 1, 2].map((line) => index.timeOf(line))).toEqual([100, 200, 600]);
  });

  it("cuts a line that is too long between two characters, and marks the rest", () => {
    const log = memoryLog();
    const index = createLineIndex("api", log);
    log.write(`${"x".repeat(lineBound - 1)}é${"y".repeat(90_000)}\nshort\n${"z".repeat(lineBound)}\n`);
    index.poll(1);
    const rest = 90_000 - lineBound + 2;
    expect(allOf(index).map((text) => text.length)).toEqual([lineBound - 1, lineBound - 1, rest, 5, lineBound]);
    expect(index.lines(0, 5).map((line) => line.continued)).toEqual([false, true, true, false, false]);
  });

  it("shows the same lines however a log grew", () => {
    const piece = fc.oneof(
      { weight: 8, arbitrary: fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n", "\r", "\x1b"), maxLength: 60 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map((times) => "xé".repeat(times * 16_000)) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }).map((times) => "0123456789\n".repeat(times)) },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, polls) => {
        const log = memoryLog();
        const index = createLineIndex("api", log);
        for (const [time, text] of pieces.entries()) {
          log.write(text);
          if (polls || time === 0) index.poll(time);
        }
        while (index.poll(99));
        expect(allOf(index)).toEqual(splitAtOnce(pieces.join("")));
      }),
      { numRuns: 15 },
    );
  });
});

/** The rule, said plainly: lines end at line feeds, and a line above the bound is cut at whole characters. */
function splitAtOnce(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop();
  const whole = lines.map((line) => ({ line, ended: true }));
  if (last !== undefined && last !== "") whole.push({ line: last, ended: false });
  return whole.flatMap(({ line, ended }) => {
    const parts: string[] = [];
    let bytes = Buffer.from(line);
    while (bytes.length > lineBound) {
      let at = lineBound;
      while ((bytes[at]! & 0xc0) === 0x80) at--;
      parts.push(bytes.toString("utf8", 0, at));
      bytes = bytes.subarray(at);
    }
    const rest = bytes.toString("utf8");
    return [...parts, ended && rest.endsWith("\r") ? rest.slice(0, -1) : rest];
  });
}
