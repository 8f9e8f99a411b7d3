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
