// `${…}` in one value: compose's forms, read and rendered. Pure; where a name's value comes from is the caller's business.

/** A template that cannot be read or rendered; the message is for the person who wrote it, without a final stop. */
export class TemplateError extends Error {
  override name = "TemplateError";
  /** What to do about it, as a sentence. */
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** The value of a name; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What a template is made of: text, and names with what to do when they are set, empty or unset. */
export type Part = string | Reference;

/** One `$NAME` or `${NAME…}`. */
interface Reference {
  readonly name: string;
  readonly operator?: ":-" | "-" | ":?" | "?" | ":+" | "+";
  /** What follows the operator: a default, a message or a replacement. */
  readonly word: readonly Part[];
}

const namePattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const operatorPattern = /:-|-|:\?|\?|:\+|\+/y;
const maxNesting = 32;
const maxLength = 4 * 1024 * 1024;

/**
 * Renders `${NAME}`, `$NAME`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`, `${NAME?message}`,
 * `${NAME:+other}`, `${NAME+other}` and `$$`; a plain name that is not set becomes empty and is told to `onUnset`.
 * Throws TemplateError for other forms, for `?` without a value, and beyond 4 MiB.
 */
export function render(template: string, lookup: Lookup, onUnset?: (name: string) => void): string {
  if (!template.includes("$")) return template;
  return renderParts(parseTemplate(template), lookup, onUnset);
}

/** Reads a template; throws TemplateError with what is wrong. */
export function parseTemplate(template: string): readonly Part[] {
  const { parts } = readParts(template, 0, 0);
  return parts;
}

/** Text that renders as it is. */
export function escapeTemplate(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** Every name in a template, those in defaults included; throws TemplateError. */
export function namesIn(template: string): readonly string[] {
  if (!template.includes("$")) return [];
  const collect = (parts: readonly Part[]): readonly string[] =>
    parts.flatMap((part) => (typeof part === "string" ? [] : [part.name, ...collect(part.word)]));
  return collect(parseTemplate(template));
}

// What means only itself to a shell, quoted or not.
const plainInShell = /^[A-Za-z0-9_.,:/@%+-]*$/;

/**
 * Replaces `${NAME}` in a shell command line where `own` knows the name, and leaves every other byte to the shell:
 * `$NAME`, `$$`, `\${NAME}`, and forms with operators, which the shell reads from the same environment. So it does with
 * a value that would be more than text in its language.
 */
export function renderShell(command: string, own: Lookup): string {
  // A backslash or a dollar takes its neighbour along, so that `\${A}` and `$${A}` stay as they are.
  return command.replaceAll(/\\[\s\S]|\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string | undefined) => {
    const value = name === undefined ? undefined : own(name);
    return value !== undefined && plainInShell.test(value) ? value : whole;
  });
}

/** Every name that a shell command line mentions as `$NAME` or `${NAME…}`. */
export function namesInShell(command: string): readonly string[] {
  return [...command.matchAll(/\\[\s\S]|\$\$|\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)].flatMap(([, name]) => name ?? []);
}

function renderParts(parts: readonly Part[], lookup: Lookup, onUnset?: (name: string) => void): string {
  let text = "";
  for (const part of parts) {
    text += typeof part === "string" ? part : renderReference(part, lookup, onUnset);
    if (text.length > maxLength) throw new TemplateError("the value grows beyond 4 MiB");
  }
  return text;
}

function renderReference(
  { name, operator, word }: Reference,
  lookup: Lookup,
  onUnset?: (name: string) => void,
): string {
  const value = lookup(name);
  // The colon makes an empty value count as not set.
  const isSet = value !== undefined && !(operator?.startsWith(":") === true && value === "");
  const other = (): string => renderParts(word, lookup, onUnset);
  if (operator === undefined) {
    if (value === undefined) onUnset?.(name);
    return value ?? "";
  }
  switch (operator) {
    case ":-":
    case "-":
      return isSet ? value : other();
    case ":+":
    case "+":
      return isSet ? other() : "";
    case ":?":
    case "?": {
      if (isSet) return value;
      const message = other();
      const state = value === undefined ? "is not set" : "is empty";
      throw new TemplateError(message === "" ? `${name} ${state}` : `${name} ${state}: ${message}`);
    }
  }
}

// Reads until the end of the text, or inside braces until the `}` that closes them. In there a brace that opens takes the
// one that closes it along: `${LIMITS:-{"n":1}}`.
function readParts(
  text: string,
  from: number,
  depth: number,
): { readonly parts: readonly Part[]; readonly end: number } {
  if (depth > maxNesting) throw new TemplateError(`\${…} is nested more than ${maxNesting} levels deep`);
  const parts: Part[] = [];
  let literal = "";
  let at = from;
  let open = 0;
  const flush = (): void => {
    if (literal !== "") parts.push(literal);
    literal = "";
  };
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === "}" && depth > 0 && open === 0) break;
    if (char !== "$") {
      if (char === "{") open += 1;
      if (char === "}") open -= 1;
      const stop = nextOf(text, at + 1, depth > 0);
      literal += text.slice(at, stop);
      at = stop;
      continue;
    }
    if (text[at + 1] === "$") {
      literal += "$";
      at += 2;
      continue;
    }
    flush();
    const { reference, end } = readReference(text, at, depth);
    parts.push(reference);
    at = end;
  }
  flush();
  return { parts, end: at };
}

// The next `$`, or inside braces the next brace; the end of the text when there is none.
function nextOf(text: string, from: number, inBraces: boolean): number {
  const pattern = inBraces ? /[${}]/g : /\$/g;
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function readReference(
  text: string,
  at: number,
  depth: number,
): { readonly reference: Reference; readonly end: number } {
  const braced = text[at + 1] === "{";
  const name = match(namePattern, text, at + (braced ? 2 : 1));
  if (name === undefined) throw new TemplateError(`${shown(text, at)} is no variable; write $$ for a dollar sign`);
  const afterName = at + (braced ? 2 : 1) + name.length;
  if (!braced) return { reference: { name, word: [] }, end: afterName };
  if (text[afterName] === "}") return { reference: { name, word: [] }, end: afterName + 1 };
  const operator = match(operatorPattern, text, afterName);
  if (operator === undefined) throw unreadable(text, at, afterName);
  const { parts, end } = readParts(text, afterName + operator.length, depth + 1);
  if (text[end] !== "}") throw unreadable(text, at, end);
  return { reference: { name, operator: operator as NonNullable<Reference["operator"]>, word: parts }, end: end + 1 };
}

function unreadable(text: string, at: number, end: number): TemplateError {
  if (end >= text.length) {
    const why = text.endsWith("}") ? "; inside, every { needs its }" : "";
    return new TemplateError(`${shown(text, at)} has no closing brace${why}`);
  }
  return new TemplateError(
    `${shown(text, at)} is no form of \${NAME}, \${NAME:-default}, \${NAME:?message} or \${NAME:+other}`,
  );
}

// What stands at a dollar sign, short enough for a message.
function shown(text: string, at: number): string {
  const close = text.indexOf("}", at);
  const end = text[at + 1] !== "{" ? at + 2 : close === -1 ? text.length : close + 1;
  const stop = Math.min(end, text.length);
  const piece = text.slice(at, Math.min(stop, at + 30));
  return piece.length === stop - at ? piece : `${piece}…`;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
