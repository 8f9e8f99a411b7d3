import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText } from "../../../../src/core/sanitize.ts";
import { createLineIndex } from "../../../../src/tui/logs/line-index.ts";
import { createMatches, type Matches } from "../../../../src/tui/logs/matches.ts";
import { parseQuery, type Query } from "../../../../src/tui/logs/query.ts";
import { errors, levelled, matching } from "../../../../src/tui/logs/scan.ts";
import type { Source } from "../../../../src/tui/logs/source.ts";
import { createTimeline } from "../../../../src/tui/logs/timeline.ts";
import { memoryLog } from "./memory-log.ts";

const never = (): boolean => false;
const allOf = (matches: Matches): (number | undefined)[] =>
  Array.from({ length: matches.count() }, (_, place) => matches.at(place));

function follow(text: string) {
  const log = memoryLog();
  const index = createLineIndex("api", log);
  log.write(text);
  index.poll(1);
  return { log, index };
}

describe("the lines that match", () => {
  it("are found from the place one looks at on, then before it", () => {
    const { index } = follow(`x\n${"-\n".repeat(20_000)}x\n${"-\n".repeat(20_000)}x\n`);
    const matches = createMatches(index, matching(parseQuery("x") as Query), 20_000);
    let slices = 0;
    while (matches.at(0) !== 20_001) matches.advance(() => true);
    while (!matches.isDone()) {
      matches.advance(() => true);
      slices++;
    }
    expect(allOf(matches)).toEqual([0, 20_001, 40_002]);
    expect(slices).toBeGreaterThan(2);
    expect([matches.rank(20_001), matches.rank(20_002), matches.has(20_001)]).toEqual([1, 2, true]);
  });

  it("are found in all of this run, also where nothing has been read so far, and not in earlier ones", () => {
    const log = memoryLog("needle of an earlier run\n");
    log.write(`the needle\n${`${"-".repeat(500)}\n`.repeat(12_000)}`);
    const index = createLineIndex("api", log);
    while (index.poll(1));
    expect(index.end() - index.first()).toBeLessThan(9000);
    const matches = createMatches(index, matching(parseQuery("needle") as Query), index.end());
    matches.advance(() => true);
    expect([matches.count(), matches.isDone()]).toEqual([0, false]);
    matches.advance(never);
    expect([matches.count(), matches.isDone()]).toEqual([1, true]);
    expect(index.lines(matches.at(0) ?? 0, 1)[0]?.text).toBe("the needle");
    expect(matches.at(0)).toBe(index.first());
  });

  it("are judged again when a line becomes longer", () => {
    const { log, index } = follow("a\nwarn");
    const some = createMatches(index, matching(parseQuery("warning") as Query), 0);
    const others = createMatches(index, matching(parseQuery("!warning") as Query), 0);
    const advance = (): void => [some, others].forEach((matches) => matches.advance(never));
    advance();
    expect([allOf(some), allOf(others)]).toEqual([[], [0, 1]]);
    log.write("ing\nb\n");
    index.poll(2);
    advance();
    expect([allOf(some), allOf(others)]).toEqual([[1], [0, 2]]);
  });

  it("forget the oldest above a bound, and do not look for them again", () => {
    const { log, index } = follow("x\n".repeat(50_000));
    const matches = createMatches(index, matching(parseQuery("x") as Query), 50_000, 1000);
    matches.advance(never);
    expect([matches.count(), matches.at(0), matches.isDone()]).toEqual([1000, 49_000, true]);
    expect(matches.looked()).toEqual([49_000, 50_000]);
    for (let round = 1; round <= 20; round++) {
      log.write("x\n".repeat(700));
      index.poll(round);
      matches.advance(never);
      const found = allOf(matches);
      const last = 49_999 + round * 700;
      expect(found.length).toBeLessThanOrEqual(1000);
      expect(found).toEqual(found.map((_, at) => last - found.length + 1 + at));
      expect(found.length).toBeGreaterThanOrEqual(500);
    }
  });

  it("ignore colours, even inside a word, and what else is not seen", () => {
    const lines = ["\x1b[31mer\x1b[1mror\x1b[0m", "er\x07ror", "error\rfine", "\x1b]0;error\x07fine", "32m error"];
    const { index } = follow(`${lines.join("\n")}\n`);
    const found = (typed: string, source: Source = index): unknown => {
      const matches = createMatches(source, matching(parseQuery(typed) as Query), 0);
      matches.advance(never);
      return allOf(matches);
    };
    expect(found("error")).toEqual([0, 1, 4]);
    expect(found("/er+or/")).toEqual([0, 1, 4]);
    expect(found("/^error$/")).toEqual([0, 1]);
    expect(found("/[^x]rror/")).toEqual([0, 1, 4]);
    expect(found("32m")).toEqual([4]);
    expect(found("error", follow("er\x1b[Kror\n").index)).toEqual([0]);
  });

  it("are the errors with what belongs to them, also where another service wrote in between", () => {
    const timeline = createTimeline();
    const [api, web] = [memoryLog(), memoryLog()];
    const indexes = [createLineIndex("api", api), createLineIndex("web", web)];
    for (const index of indexes) timeline.add(index);
    const see = (log: typeof api, text: string): void => {
      log.write(text);
      for (const index of indexes) index.poll(1);
      timeline.append();
    };
    see(api, "ok\nERROR boom\n    at a\n");
    see(web, "GET / 200\n");
    see(api, "    at b\nok\n    indented\n");
    const found = createMatches(timeline, levelled("error"), timeline.end());
    const heads = createMatches(timeline, errors(), 0);
    for (const matches of [found, heads]) matches.advance(never);
    expect(allOf(found)).toEqual([1, 2, 4]);
    expect(allOf(heads)).toEqual([1]);
  });

  it("are the same however they were looked for", () => {
    const line = fc.oneof(
      { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom("a", "b", "A", "é", "😀", " "), maxLength: 9 }) },
      { weight: 2, arbitrary: fc.constantFrom("\x1b[31ma\x1b[0mb", "b\ra", "a\x1b]0;b\x07", "ab\r", "") },
      { weight: 1, arbitrary: fc.constantFrom("xa".repeat(3000), "b".repeat(70_000)) },
    );
    const typed = fc.constantFrom(
      "ab",
      "a",
      "A",
      "!a",
      "é",
      "/a.b/",
      "/^$/",
      "/a$/",
      "/[^a]b/",
      "!/b/",
      "/😀/",
      "/(?<!b)a/",
    );
    const advance = (source: Source, matches: Matches, budget: number): void => {
      let left = budget;
      matches.advance(() => --left <= 0);
      expect(matches.looked()[1]).toBeLessThanOrEqual(source.end());
    };
    fc.assert(
      fc.property(
        fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 6 }),
        typed,
        fc.nat(30),
        (batches, typed, seed) => {
          const { log, index } = follow("start ab\n");
          const query = parseQuery(typed) as Query;
          const matches = createMatches(index, matching(query), seed);
          for (const [at, batch] of batches.entries()) {
            log.write(batch.join("\n"));
            index.poll(at);
            advance(index, matches, 1 + (seed % 3));
          }
          matches.advance(never);
          const expected = index
            .lines(index.first(), index.end())
            .filter(({ text }) => query.isIn(plainText(text)) !== query.inverted)
            .map(({ number }) => number);
          expect(allOf(matches)).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});
