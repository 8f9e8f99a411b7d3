import { assert, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { formatTag, isTagOf, newInstance, parseTag, tagIn } from "../../../src/effects/processes/tag.ts";

const parts = record({
  instance: integer({ min: 1, max: 2 ** 29 - 1 }),
  service: integer({ min: 0, max: 2 ** 12 - 1 }),
  run: integer({ min: 0, max: 2 ** 20 - 1 }),
});

const limitsWith = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax file size             unlimited            unlimited            bytes     \nMax file locks            ${soft.padEnd(20)} unlimited            locks     \n`;

describe("a tag", () => {
  test("says whom it was made for, below what counts as unlimited", () => {
    assert(
      property(parts, (made) => {
        const tag = formatTag(made);
        expect(parseTag(tag)).toEqual(made);
        expect(tagIn(limitsWith(tag))).toEqual(made);
        expect(BigInt(tag)).toBeLessThan(2n ** 62n);
      }),
    );
  });
  test("names its service and run to whoever seeks them, and to nobody else", () => {
    assert(
      property(parts, parts, (made, other) => {
        const tag = parseTag(formatTag(made));
        expect(isTagOf(tag, { instance: made.instance })).toBe(true);
        expect(isTagOf(tag, made)).toBe(true);
        expect(isTagOf(tag, other)).toBe(formatTag(made) === formatTag(other));
      }),
    );
  });
  test("is found again for numbers that begin anew", () => {
    const tag = parseTag(formatTag({ instance: 1, service: 2 ** 12 + 3, run: 2 ** 20 + 7 }));
    expect(isTagOf(tag, { instance: 1, service: 2 ** 12 + 3, run: 2 ** 20 + 7 })).toBe(true);
  });
  test.each(["unlimited", "0", "1024", "9223372036854775807", "4611686018427387904", "2305843009213693951", ""])(
    "is not read from a limit that is none of ours: %s",
    (limit) => {
      expect(parseTag(limit)).toBeUndefined();
      expect(isTagOf(tagIn(limitsWith(limit)), { instance: 0 })).toBe(false);
    },
  );
  test("is made for an instance of its own", () => {
    expect(new Set(Array.from({ length: 100 }, newInstance)).size).toBe(100);
  });
});
