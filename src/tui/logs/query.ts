// What a person types to search or filter: plain text, or a regular expression between slashes; `!` in front turns it
// round. Small letters find both cases, a capital makes it exact.

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
  /** What can be looked for in bytes without decoding them, in Latin-1: one character a byte. */
  readonly needle?: { readonly text: string; readonly ignoreCase: boolean };
}

/** The question, or what is wrong with it; `undefined` for nothing typed. */
export function parseQuery(typed: string): Query | { readonly problem: string } | undefined {
  const inverted = typed.startsWith("!");
  const body = inverted ? typed.slice(1) : typed;
  if (body === "") return undefined;
  const [, pattern, flag] = /^\/(.+)\/(i?)$/.exec(body) ?? [];
  if (pattern === undefined) return { text: typed, inverted, ...plain(body) };
  try {
    const ignoreCase = flag === "i" || !/\p{Lu}/u.test(pattern.replaceAll(/\\./g, ""));
    return { text: typed, inverted, ...regular(new RegExp(pattern, ignoreCase ? "gi" : "g")) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { problem: `not a regular expression: ${words.replace(/^.*\/[a-z]*: /, "")}` };
  }
}

function plain(body: string): Pick<Query, "isIn" | "ranges" | "needle"> {
  const ignoreCase = !/\p{Lu}/u.test(body);
  const isAscii = /^[\x20-\x7e]*$/.test(body);
  if (ignoreCase && !isAscii) return regular(new RegExp(body.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "gi"));
  const fold = (text: string): string =>
    ignoreCase ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
  return {
    isIn: (text) => fold(text).includes(body),
    ranges(text) {
      const folded = fold(text);
      const found: Range[] = [];
      for (let at = folded.indexOf(body); at !== -1; at = folded.indexOf(body, at + body.length)) {
        found.push([at, at + body.length]);
      }
      return found;
    },
    needle: { text: Buffer.from(body).toString("latin1"), ignoreCase },
  };
}

function regular(pattern: RegExp): Pick<Query, "isIn" | "ranges"> {
  return {
    isIn: (text) => {
      pattern.lastIndex = 0;
      return pattern.test(text);
    },
    ranges: (text) =>
      Array.from(text.matchAll(pattern), ({ index, 0: match }): Range => [index, index + match.length]).filter(
        ([from, to]) => to > from,
      ),
  };
}
