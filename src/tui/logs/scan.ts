// Which lines of a stretch match a question or a level: looked for in the bytes as they are where that is enough, and in
// each line's text, without colours and controls, where it is not.

import { plainText } from "../../core/sanitize.ts";
import { lineBound, textOf } from "./cut.ts";
import { isAtLeast, isContinuation, type Level, type LevelFilter, levelOf } from "../../core/level.ts";
import { lowerCase, type Query } from "./query.ts";
import type { Stretch } from "./source.ts";

/** Answers which of a stretch's lines from index `from` up to `to` are meant, as indexes, ascending. */
export type Keep = (stretch: Stretch, from: number, to: number) => number[];

const escape = 0x1b;
const colours = /\x1b\[[0-9;:]*m/g;
const otherEscapes = /\x1b(?!\[[0-9;:]*m)/;
const strayReturns = /\r(?!\n|$)/;
// So far up is looked for the line that a stack trace belongs to.
const farthest = 200;

/** The lines that match. */
export function matching(query: Query): Keep {
  const find = (stretch: Stretch, from: number, to: number): number[] =>
    findInMany(stretch, from, to, query) ??
    textsOf(stretch, from, to).flatMap((text, at) => (query.isIn(text) ? [from + at] : []));
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

/** Looks in all lines at once; `undefined` where the query or the bytes do not allow it. */
function findInMany(stretch: Stretch, from: number, to: number, query: Query): number[] | undefined {
  const bytes = partOf(stretch, from, to);
  if (query.inMany === undefined || bytes.length > lineBound) return undefined;
  const { encoding, throughColours, isLower } = query.inMany;
  const isThrough = throughColours !== undefined && bytes.includes(escape);
  const shown = isThrough ? bytes.toString(encoding) : uncoloured(bytes, encoding);
  if (isOdd(bytes, shown)) return undefined;
  const text = isLower === true ? lowerCase(shown) : shown;
  const pattern = isThrough ? throughColours : query.inMany.pattern;
  const isSure = query.inMany.isSure && !isThrough;
  const found: number[] = [];
  let index = from;
  let start = 0;
  pattern.lastIndex = 0;
  while (index < to && pattern.test(text)) {
    // No match goes beyond its line, so where it ends is in the line as well.
    const hit = pattern.lastIndex;
    let end = endOfLine(text, start);
    for (; end < hit && index < to; index++) {
      start = end + 1;
      end = endOfLine(text, start);
    }
    if (index < to && (isSure || query.isIn(plainText(lineIn(stretch, index))))) found.push(index);
    pattern.lastIndex = start = end + 1;
    index++;
  }
  return found;
}

/**
 * True if a terminal would do more with these lines than colour them, so that each has to be looked at as it would be
 * shown. Asked in the order of cost; controls that are merely spelled out make no difference to anybody.
 */
function isOdd(bytes: Buffer, text: string): boolean {
  if (bytes.includes(0x07) || bytes.includes(0x08)) return true;
  if (text.includes("\x1b") && otherEscapes.test(text)) return true;
  return bytes.includes(0x0d) && strayReturns.test(text);
}

function uncoloured(bytes: Buffer, encoding: "latin1" | "utf8"): string {
  const raw = bytes.toString(encoding);
  return bytes.includes(escape) ? raw.replaceAll(colours, "") : raw;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/** The plain texts of some lines. */
function textsOf(stretch: Stretch, from: number, to: number): string[] {
  const bytes = partOf(stretch, from, to);
  // Only among this many bytes can a line have been cut, where no line feed parts it from the next.
  if (bytes.length > lineBound) return slowTextsOf(stretch, from, to);
  const text = uncoloured(bytes, "utf8");
  if (isOdd(bytes, text)) return slowTextsOf(stretch, from, to);
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
