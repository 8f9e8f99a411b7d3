// Makes a line of a program's output safe to print: colours stay, whatever else would move the cursor, set a title, write
// to the clipboard or turn the text around does not. Pure.

// Anything that needs a closer look: C0 except tab, DEL, C1, line and paragraph separators, bidi controls.
const suspicious = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

// One alternative for each thing a terminal would act upon, the longest first. No class overlaps with what starts a
// sequence, so the time is linear in the length of the line.
const sequences = new RegExp(
  [
    // CSI: parameters, intermediates, final byte.
    "(?:\\x1b\\[|\\x9b)([0-?]*)([ -/]*)([@-~])",
    // DCS, SOS, OSC, PM, APC up to their terminator. Without one only the introducer goes, so that no text is hidden.
    "(?:\\x1b[PX\\]^_]|[\\x90\\x98\\x9d-\\x9f])(?:[^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]*(?:\\x07|\\x1b\\\\|\\x9c))?",
    // Every other escape sequence.
    "\\x1b[ -/]*[0-~]",
    // What is left over, BEL among it.
    suspicious.source,
  ].join("|"),
  "g",
);

/** Marks that turn the text around them, and separators that some terminals break a line at. */
const turning = "\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";
/** What JSON and XML would leave as it is although terminals act on it. */
export const eachActing = new RegExp(`[\\x7f-\\x9f\\ufeff${turning}]`, "g");
/** All controls but line feeds and tabs, and what turns text around. */
const unprintable = new RegExp(`[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f${turning}]`);
const eachUnprintable = new RegExp(unprintable, "g");

const reset = "\x1b[0m";

/** A line that may be printed: its colours kept and closed at its end, every other control removed or spelled out. */
export function sanitize(line: string): string {
  if (!suspicious.test(line)) return line;
  let open = false;
  const clean = rewrite(line, (parameters) => {
    open = !/^0*$/.test(parameters);
    return `\x1b[${parameters}m`;
  });
  return open ? clean + reset : clean;
}

/** A line that may be printed, without its colours. */
export function plainText(line: string): string {
  return suspicious.test(line) ? rewrite(line, () => "") : line;
}

/** What launch's own styles are made of, one number each: bold, dim, reversed, the plain colours, and their ends. */
const style = /\x1b\[(?:[1270]|22|27|3[0-79]|9[0-7])m/g;
const styleEnds: readonly string[] = ["\x1b[0m", "\x1b[22m", "\x1b[27m", "\x1b[39m"];

/**
 * Words of launch's, with whatever they quote: names, commands, messages of others. A control that came with these is shown as
 * its picture and takes one cell, so that tables keep their columns. With `styled`, launch's own styles stay; one that is
 * still open at the end of its line was none of these, and is closed.
 */
export function printable(text: string, styled: boolean): string {
  if (!unprintable.test(text)) return text;
  return text
    .split("\n")
    .map(styled ? printableStyled : pictured)
    .join("\n");
}

function printableStyled(line: string): string {
  const styles = line.match(style) ?? [];
  const pieces = line.split(style).map(pictured);
  const last = styles.at(-1);
  const isOpen = last !== undefined && !styleEnds.includes(last);
  return pieces.map((piece, at) => piece + (styles[at] ?? "")).join("") + (isOpen ? reset : "");
}

/** One line of text that no style has been put around. */
export function pictured(line: string): string {
  return unprintable.test(line) ? line.replace(eachUnprintable, pictureOf) : line;
}

/** The value as JSON that shows nothing but itself on a terminal: what JSON leaves as it is, C1 controls and the like, is escaped. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    eachActing,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return "\u2421";
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
}

function rewrite(line: string, colour: (parameters: string) => string): string {
  return afterOverwrites(line).replace(
    sequences,
    (match, parameters?: string, intermediates?: string, final?: string) => {
      if (final === "m" && intermediates === "" && /^[0-9;:]*$/.test(parameters ?? "")) return colour(parameters ?? "");
      if (match.length > 1 || match === "\x07" || isIntroducer(match)) return "";
      return spellOut(match);
    },
  );
}

/** What a terminal would show last of a line that returns to its start, as progress bars do. */
function afterOverwrites(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end--;
  return line.slice(0, end).slice(line.lastIndexOf("\r", end - 1) + 1);
}

function isIntroducer(character: string): boolean {
  return /[\x90\x98\x9b\x9d-\x9f]/.test(character);
}

function spellOut(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
}
