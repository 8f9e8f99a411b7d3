// What a line looks like on a terminal: how wide it is, which part of it is seen, where it breaks, what stands out.

import { array, assert, constantFrom, integer, nat, property } from "fast-check";
import sliceAnsi from "slice-ansi";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { clip } from "../../../../src/tui/text/clip.ts";
import { highlight, withoutColors } from "../../../../src/tui/text/highlight.ts";
import { width } from "../../../../src/tui/text/width.ts";
import { wrapRows } from "../../../../src/tui/text/wrap.ts";

const red = "\x1b[31m";
const green = "\x1b[32m";
const bold = "\x1b[1m";
const off = "\x1b[0m";

/** Lines as services write them, of pieces that are hard in their own ways. */
const pieces = constantFrom(
  ...Array.from("abc xyz日本éｱ한✓➜"),
  "👍🏽",
  "👩‍👩‍👧",
  "🇩🇪",
  "❤️",
  "e\u0301",
  red,
  off,
  "\x1b[39m",
  "\x1b[1;4;32m",
  "\x1b[38;5;208m",
  "\x1b[48;2;1;2;3m",
  "\x1b[22m",
  "\x1b[24m",
);
const lines = array(pieces, { maxLength: 40 }).map((all) => all.join(""));

describe("the width of a line", () => {
  it("is the number of its characters where they are plain", () => {
    expect(width("listening on 3000")).toBe(17);
    expect(width(`${green}ok${off} 12ms`)).toBe(7);
  });

  it("is two for East Asian characters and pictures, nothing for what joins them", () => {
    const samples = ["日本語", "ｱｲｳ", "e\u0301", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "✔", "✔️", "⚠", "한글", "✓ ➜ │ ─ …"];
    expect(samples.map(width)).toEqual(samples.map((sample) => stringWidth(sample)));
  });

  it("is what others say for a sample of every script", () => {
    const differing = Array.from({ length: 0x20000 / 31 }, (_, step) => String.fromCodePoint(0xa0 + step * 31))
      .filter((character) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(character))
      // The later letters of a Hangul syllable are nothing alone.
      .filter((character) => !/[\u1160-\u11ff\ud7b0-\ud7ff\u3164\uffa0]/.test(character))
      .filter((character) => width(character) !== stringWidth(character));
    expect(differing).toEqual([]);
  });

  it("counts a tab up to the next of every eight columns", () => {
    expect(width("ab\tc")).toBe(9);
    expect(width("12345678\tc")).toBe(17);
  });
});

describe("clipping a line", () => {
  it("leaves a short line as it is", () => {
    expect(clip("short", 0, 80)).toBe("short");
    expect(clip("\t漢", 0, 3)).toBe("   ");
  });

  it("closes the colours of what is seen, and knows those from before", () => {
    const line = `${red}error${off} at ${bold}line${off}`;
    expect(clip(line, 0, 3)).toBe(`${red}err${off}`);
    expect(clip(line, 2, 5)).toBe(`${red}ror${off} a${off}`);
    expect(clip(`${red}${bold}abcdef`, 3, 2)).toBe(`\x1b[1;31mde${off}`);
  });

  it("shows half of a wide character as a space, at both edges", () => {
    expect(clip("日本語", 0, 3)).toBe("日 ");
    expect(clip("日本語", 1, 3)).toBe(" 本");
    expect(clip("日本語", 1, 1)).toBe(" ");
  });

  it("keeps an accent with the last letter that is seen", () => {
    expect(clip("cafe\u0301s", 0, 4)).toBe("cafe\u0301");
  });

  it("shows tabs as spaces and leaves out what would move the cursor", () => {
    expect(clip("a\tb", 0, 20)).toBe("a       b");
    expect(clip("a\tb", 4, 20)).toBe("    b");
    expect(clip("a\x1b[2Jb\x1b[>4m\x1b]0;title\x07c\rd\x1b", 0, 20)).toBe("abcd");
  });

  it("gives nothing beyond the line's end, or in no columns", () => {
    expect(clip("abc", 3, 5)).toBe("");
    expect(clip("abc", 0, 0)).toBe("");
  });

  it("is never wider than asked, and shows what others would", () => {
    assert(
      property(lines, nat(30), integer({ min: 1, max: 30 }), (line, from, columns) => {
        const shown = clip(line, from, columns);
        expect(stringWidth(shown)).toBeLessThanOrEqual(columns);
        if (from > 0) return;
        expect(withoutColors(shown).trimEnd()).toBe(withoutColors(sliceAnsi(line, 0, columns)).trimEnd());
      }),
      { numRuns: 50 },
    );
  });
});

describe("wrapping a line", () => {
  it("breaks at the edge and carries colours on", () => {
    expect(wrapRows(`ab${red}cdef${off}g`, 3)).toEqual([`ab${red}c${off}`, `${red}def${off}`, `${red}${off}g${off}`]);
  });

  it("moves a wide character that does not fit to the next row", () => {
    expect(wrapRows("a日本", 2)).toEqual(["a ", "日", "本"]);
  });

  it("gives one row for an empty line, and none for colours alone at the end", () => {
    expect(wrapRows("", 10)).toEqual([""]);
    expect(wrapRows(`${red}abc${off}`, 3)).toHaveLength(1);
  });

  it("loses nothing", () => {
    assert(
      property(lines, integer({ min: 2, max: 30 }), (line, columns) => {
        const rows = wrapRows(line, columns);
        expect(rows.every((row) => stringWidth(row) <= columns)).toBe(true);
        expect(rows.map(withoutColors).join("").replaceAll(" ", "")).toBe(withoutColors(line).replaceAll(" ", ""));
      }),
      { numRuns: 50 },
    );
  });
});

describe("highlighting", () => {
  const on = "\x1b[7m";

  it("puts inverse video on columns", () => {
    expect(highlight("a timeout", [{ from: 2, to: 6 }])).toBe(`a ${on}time${off}out`);
  });

  it("goes on in the line's own colours behind it, and stays where they change within", () => {
    const line = `${red}abc${green}def${off}`;
    expect(highlight(line, [{ from: 1, to: 5 }])).toBe(`${red}a${on}bc${green}${on}de${off}${green}f${off}`);
  });

  it("takes several ranges", () => {
    const ranges = [
      { from: 0, to: 1 },
      { from: 3, to: 4 },
    ];
    expect(highlight("abcde", ranges)).toBe(`${on}a${off}bc${on}d${off}e`);
  });

  it("takes a wide character whole", () => {
    expect(highlight("日本", [{ from: 0, to: 1 }])).toBe(`${on}日${off}本`);
  });

  it("loses no text", () => {
    assert(
      property(lines, nat(30), nat(10), (line, from, columns) => {
        expect(withoutColors(highlight(line, [{ from, to: from + columns }]))).toBe(withoutColors(line));
      }),
      { numRuns: 40 },
    );
  });
});

it("shows a part of a line of 90,000 characters in far less than a millisecond", () => {
  const line = `${red}x${off}`.repeat(9_000);
  const cost = (work: () => void): number => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  expect(cost(() => clip(line, 0, 160))).toBeLessThan(1);
  expect(cost(() => clip("x".repeat(90_000), 89_000, 160))).toBeLessThan(5);
});
