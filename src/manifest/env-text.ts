// The grammar of env files, the one that checks and starts read by: lines of `NAME=value` and comments, and whatever is neither
// with its place. Pure.

import type { Problem } from "./problem.ts";
import { newSource, placeIn } from "./source.ts";
import type { Source } from "./source.ts";

/** What the text of an env file says. */
export interface EnvText {
  readonly values: Readonly<Record<string, string>>;
  readonly source: Source;
  /** All that is wrong with it, in the order of the lines. */
  readonly problems: readonly Problem[];
  /** What is likely meant otherwise. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads an env file. A value ends with its line and begins a comment at a `#` after a blank; in quotes (`"`, `'` or a backtick)
 * it may hold both, and `\n` in double quotes is a new line. Lines end with LF or CRLF.
 */
export function parseEnvText(text: string, file: string): EnvText {
  const source = newSource(file, text);
  const problem = ({ offset, ...words }: Fault): Problem => ({ place: placeIn(source, offset), ...words });
  const noText = faultOfBytes(text);
  if (noText?.isWhole === true) return { values: {}, source, problems: [problem(noText.fault)], warnings: [] };
  const values: [string, string][] = [];
  const faults = noText === undefined ? [] : [noText.fault];
  const doubts: Fault[] = [];
  for (let at = 0; at < text.length;) {
    const line = readLine(text, at);
    if (line.fault !== undefined) faults.push(line.fault);
    if (line.pair !== undefined) values.push(line.pair);
    if (line.doubt !== undefined) doubts.push(line.doubt);
    at = line.end;
  }
  return {
    values: Object.fromEntries(values),
    source,
    problems: faults.map(problem),
    warnings: doubts.map(problem),
  };
}

type Fault = Omit<Problem, "place" | "excerpt"> & { readonly offset: number };

/** What stands from one offset on, and where the next line begins. */
interface Line {
  readonly pair?: [string, string];
  readonly fault?: Fault;
  readonly doubt?: Fault;
  readonly end: number;
}

const comment = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;
const assignment = /([ \t]*)(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=/y;
const quote = /[ \t]*(["'`])/y;
const afterQuote = /(?:[ \t]+#[^\n]*|[ \t]*)(?:\r?\n|$)/y;

function readLine(text: string, at: number): Line {
  const nothing = match(comment, text, at);
  if (nothing !== undefined) return { end: at + nothing[0].length };
  const assigned = match(assignment, text, at);
  if (assigned === undefined) {
    const offset = at + (/^[ \t]*/.exec(text.slice(at, endOfLine(text, at)))?.[0].length ?? 0);
    const remedy = "Write NAME=value; a comment begins with #.";
    return { fault: { offset, message: "it is no NAME=value, and no comment", remedy }, end: endOfLine(text, at) };
  }
  const [whole, , name = ""] = assigned;
  const from = at + whole.length;
  const opening = match(quote, text, from);
  return opening === undefined ? readPlain(text, from, name) : readQuoted(text, from + opening[0].length - 1, name);
}

// The first character behind the `=` has none before it, so `COLOUR=#ff0000` is no comment.
function readPlain(text: string, from: number, name: string): Line {
  const end = endOfLine(text, from);
  const line = text.slice(from, end).replace(/\r?\n$/, "");
  const hash = line.search(/[ \t]#/);
  const value = (hash === -1 ? line : line.slice(0, hash)).replaceAll(/^[ \t]+|[ \t]+$/g, "");
  return { pair: [name, value], ...doubtOf(value, text, from), end };
}

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)[^}\n]*\}/;

// Other readers render it, but for single quotes.
function doubtOf(value: string, text: string, from: number): Pick<Line, "doubt"> {
  const [found, name] = variable.exec(value) ?? [];
  if (found === undefined) return {};
  const remedy = "Say it in an `env:` of the manifest, which is rendered; in single quotes it is meant as it is.";
  const message = `\${${name}} is not rendered in an env file, and stays as it is`;
  return { doubt: { offset: text.indexOf(found, from), message, remedy, isPrivate: true } };
}

function readQuoted(text: string, open: number, name: string): Line {
  const mark = text.charAt(open);
  const close = text.indexOf(mark, open + 1);
  if (close === -1) {
    const remedy = "Close it, or put the whole value into another kind of quote.";
    return {
      fault: { offset: open, message: `its quote ${mark} is never closed`, remedy },
      end: nextAssignment(text, open),
    };
  }
  const rest = match(afterQuote, text, close + 1);
  if (rest === undefined) return somethingFollows(text, open, close);
  const inside = text.slice(open + 1, close).replaceAll("\r\n", "\n");
  const value = mark === '"' ? inside.replaceAll(String.raw`\n`, "\n") : inside;
  const doubt = mark === "'" ? {} : doubtOf(value, text, open);
  return { pair: [name, value], ...doubt, end: close + 1 + rest[0].length };
}

function somethingFollows(text: string, open: number, close: number): Line {
  const lines = text.slice(open, close).split("\n").length - 1;
  const mark = text.charAt(open);
  if (text[close - 1] === "\\" && lines === 0) {
    const other = mark === "'" ? '"' : "'";
    const remedy = `Put the whole value into ${other} instead: NAME=${other}…${other}.`;
    const message = `the quote closes the value, for a backslash before ${mark} means itself`;
    return { fault: { offset: close, message, remedy }, end: endOfLine(text, close) };
  }
  const remedy = "Inside, another kind of quote may be used; a comment needs a blank before its #.";
  if (lines === 0) {
    const fault = { offset: close + 1, message: "something follows the closing quote", remedy };
    return { fault, end: endOfLine(text, close) };
  }
  // Most likely it was to be closed in its own line, and it was another's quote that did.
  const message = `its quote ${mark} is closed ${lines === 1 ? "in the next line" : `${lines} lines below`}, and something follows there`;
  return { fault: { offset: open, message, remedy }, end: endOfLine(text, open) };
}

// What was inside a quote that is never closed is not told line by line.
function nextAssignment(text: string, from: number): number {
  for (let at = endOfLine(text, from); at < text.length; at = endOfLine(text, at)) {
    if (match(assignment, text, at) !== undefined) return at;
  }
  return text.length;
}

/** Bytes that no line may hold. `isWhole`: it is no text at all. */
function faultOfBytes(text: string): { readonly fault: Fault; readonly isWhole: boolean } | undefined {
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    const remedy = "Remove it, or save the file as UTF-8 text.";
    return { fault: { offset: nul, message: "a NUL byte is no text", remedy }, isWhole: true };
  }
  const lone = text.search(/\r(?!\n)/);
  if (lone === -1) return undefined;
  const remedy = "Save the file with lines that end with LF or CRLF.";
  return { fault: { offset: lone, message: "a carriage return ends no line by itself", remedy }, isWhole: false };
}

/** Where the next line begins. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
