// What a person types to search or filter: plain text, or a regular expression between slashes; `!` in front turns it
// round. Small letters find both cases, a capital makes it exact.

import { isLinear, linearRemedy } from "../../core/linear.ts";

/** A part of a text, in UTF-16 units, the end not included. */
export type Range = readonly [from: number, to: number];

/** A question that a line answers with yes or no. */
export interface Query {
  /** As typed. */
  readonly text: string;
  /** True: the lines that do not match are meant. */
  readonly inverted: boolean;
  /** Whether the text matches, before it is turned round. */
  readonly isIn: (text: string) => boolean;
  /** Where it matches in the text, `inverted` or not. */
  readonly ranges: (text: string) => Range[];
  /** Finds the lines that match in many lines at once. */
  readonly inMany?: InMany;
}

/** What can be looked for in several lines without parting them. */
export interface InMany {
  /** Global; finds every line that matches, and none of its matches goes beyond a line. */
  readonly pattern: RegExp;
  /** What the bytes are to be read as: one character a byte is quicker, where that is enough. */
  readonly encoding: "latin1" | "utf8";
  /** True: looks in text of small letters, see `lowerCase`. */
  readonly isLower?: boolean;
  /** False: a line that it finds has to be asked again by itself. */
  readonly isSure: boolean;
  /** The same for text in which colours have been left; what it finds has to be asked again. */
  readonly throughColours?: RegExp;
}

/** The question, or what is wrong with it; `undefined` for nothing typed. */
export function parseQuery(typed: string): Query | { readonly problem: string } | undefined {
  const inverted = typed.startsWith("!");
  const body = inverted ? typed.slice(1) : typed;
  if (body === "") return undefined;
  const [, pattern, flag] = /^\/(.+)\/(i?)$/.exec(body) ?? [];
  if (pattern === undefined) return { text: typed, inverted, ...plain(body) };
  try {
    if (!isLinear(pattern)) return { problem: `could take for ever. ${linearRemedy}` };
    const ignoreCase = flag === "i" || !/\p{Lu}/u.test(pattern.replaceAll(/\\./g, ""));
    return { text: typed, inverted, ...regular(pattern, ignoreCase) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { problem: `not a regular expression: ${words.replace(/^.*\/[a-z]*: /, "")}` };
  }
}

type Answers = Pick<Query, "isIn" | "ranges" | "inMany">;

const colours = String.raw`(?:\x1b\[[0-9;:]*m)*`;
const special = /[\\^$.*+?()[\]{}|/]/g;
// What could go beyond a line end, or look there: classes that line feeds are in, and what must not follow or precede.
const wild = /\[\^|\\[sSDWpPnrux0c]|\(\?<?!/;

function plain(body: string): Answers {
  const ignoreCase = !/\p{Lu}/u.test(body);
  const isAscii = /^[\x20-\x7e]*$/.test(body);
  const escaped = (text: string): string => text.replaceAll(special, "\\$&");
  const { isIn, ranges } = regular(escaped(body), ignoreCase);
  if (ignoreCase && !isAscii) return { isIn, ranges };
  const bytes = Buffer.from(body).toString("latin1");
  const flags = ignoreCase ? "gi" : "g";
  const pattern = new RegExp(escaped(bytes), flags);
  // Colours may begin or end in the middle of a word.
  const throughColours = new RegExp(Array.from(bytes, escaped).join(colours), flags);
  return { isIn, ranges, inMany: { pattern, encoding: "latin1", isSure: true, throughColours } };
}

function regular(typed: string, ignoreCase: boolean): Answers {
  // Small letters in a text of small letters, not the flag: what bounds a search that tries too much does not know that.
  const isLower = ignoreCase && !spelledOut.test(typed);
  const source = isLower
    ? typed.replaceAll(/\\.|[^\\]/gs, (part) => (part.length > 1 ? part : part.toLowerCase()))
    : typed;
  const flags = ignoreCase && !isLower ? "gi" : "g";
  const pattern = new RegExp(source, flags);
  const shown = (text: string): string => (isLower ? lowerCase(text) : text);
  return {
    isIn: (text) => {
      pattern.lastIndex = 0;
      return pattern.test(shown(text));
    },
    ranges(text) {
      pattern.lastIndex = 0;
      const matches = shown(text).matchAll(pattern);
      const found = Array.from(matches, ({ index, 0: match }): Range => [index, index + match.length]);
      return found.filter(([from, to]) => to > from);
    },
    ...(wild.test(source)
      ? {}
      : { inMany: { pattern: new RegExp(source, `${flags}m`), encoding: "utf8" as const, isLower, isSure: false } }),
  };
}

// A letter by its number stays as large as it is.
const spelledOut = /\\[xuc]/;

/** The text in small letters, each at its place. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (one) => (one.toLowerCase().length === one.length ? one.toLowerCase() : one)).join("");
}
