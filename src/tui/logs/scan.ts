// Which lines of a stretch match a question or a level: looked for in the bytes as they are where that is enough, and in
// each line's text, without colours and controls, where it is not.

import { plainText } from "../../core/sanitize.ts";
import { lineBound, textOf } from "./cut.ts";
import { isAtLeast, isContinuation, type Level, type LevelFilter, levelOf } from "./level.ts";
import type { Query } from "./query.ts";
import type { Stretch } from "./source.ts";

/** Answers which of a stretch's lines from index `from` up to `to` are meant, as indexes, ascending. */
export type Keep = (stretch: Stretch, from: number, to: number) => number[];

const escape = 0x1b;
const colours = /\x1b\[[0-9;:]*m/g;
// What a terminal would act upon, colours left aside; a carriage return at a line's end is harmless.
const odd = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n|$)/;
const oddCharacters = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\r(?!\n|$)/;
// So far up is looked for the line that a stack trace belongs to.
const farthest = 200;

/** The lines that match. */
export function matching(query: Query): Keep {
  const find = (stretch: Stretch, from: number, to: number): number[] => {
    const bytes = partOf(stretch, from, to);
    if (query.needle !== undefined && bytes.length <= lineBound) return inBytes(stretch, bytes, from, to, query);
    return textsOf(stretch, from, to).flatMap((text, at) => (query.isIn(text) ? [from + at] : []));
  };
  if (!query.inverted) return find;
  return (stretch, from, to) => {
    const matches = new Set(find(stretch, from, to));
    return Array.from({ length: to - from }, (_, at) => from + at).filter((index) => !matches.has(index));
  };
}

/** The lines that are serious enough. */
export function levelled(filter: LevelFilter): Keep {
  return (stretch, from, to) => {
    let level: Level | undefined;
    let known = false;
    return textsOf(stretch, from, to).flatMap((text, at) => {
      const own = levelOf(text);
      if (own === undefined && isContinuation(text)) level = known ? level : levelAbove(stretch, from + at);
      else level = own;
      known = true;
      return isAtLeast(level, filter) ? [from + at] : [];
    });
  };
}

/** The lines that call themselves errors; what belongs to them is not counted again. */
export function errors(): Keep {
  return (stretch, from, to) =>
    textsOf(stretch, from, to).flatMap((text, at) => (levelOf(text) === "error" ? [from + at] : []));
}

/** The lines that all of these keep. */
export function both(one: Keep, other: Keep): Keep {
  return (stretch, from, to) => {
    const first = one(stretch, from, to);
    if (first.length === 0) return first;
    const second = new Set(other(stretch, from, to));
    return first.filter((index) => second.has(index));
  };
}

function inBytes(stretch: Stretch, bytes: Buffer, from: number, to: number, query: Query): number[] {
  const { text: needle = "", ignoreCase = false } = query.needle ?? {};
  const raw = bytes.toString("latin1");
  const coloured = bytes.includes(escape) ? raw.replaceAll(colours, "") : raw;
  const text = ignoreCase ? coloured.toLowerCase() : coloured;
  let hit = text.indexOf(needle);
  if (hit === -1) return [];
  const isOdd = odd.test(coloured);
  const found: number[] = [];
  for (let index = from, end = text.indexOf("\n"); hit !== -1 && index < to; index++) {
    if (end === -1) end = text.length;
    if (hit < end) {
      if (!isOdd || query.isIn(plainText(lineIn(stretch, index)))) found.push(index);
      hit = text.indexOf(needle, end);
    }
    end = text.indexOf("\n", end + 1);
  }
  return found;
}

/** The plain texts of some lines. */
function textsOf(stretch: Stretch, from: number, to: number): string[] {
  const bytes = partOf(stretch, from, to);
  // Only among this many bytes can a line have been cut, where no line feed parts it from the next.
  if (bytes.length > lineBound) return slowTextsOf(stretch, from, to);
  const raw = bytes.toString("utf8");
  const text = bytes.includes(escape) ? raw.replaceAll(colours, "") : raw;
  if (oddCharacters.test(text)) return slowTextsOf(stretch, from, to);
  const lines = (text.includes("\r") ? text.replaceAll("\r\n", "\n") : text).split("\n");
  lines.length = to - from;
  return lines;
}

function slowTextsOf(stretch: Stretch, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => plainText(lineIn(stretch, from + at)));
}

function partOf({ bytes, starts, count }: Stretch, from: number, to: number): Buffer {
  return from === 0 && to === count ? bytes : bytes.subarray(starts[from], starts[to]);
}

function lineIn({ bytes, starts }: Stretch, index: number): string {
  return textOf(bytes, starts[index] ?? 0, starts[index + 1] ?? 0);
}

/** The level that a line has from those above it. */
function levelAbove(stretch: Stretch, index: number): Level | undefined {
  for (let steps = 1; steps <= farthest; steps++) {
    const at = index - steps;
    const text = at >= 0 ? lineIn(stretch, at) : stretch.above(-at);
    if (text === undefined) return undefined;
    const plain = plainText(text);
    const level = levelOf(plain);
    if (level !== undefined || !isContinuation(plain)) return level;
  }
  return undefined;
}
