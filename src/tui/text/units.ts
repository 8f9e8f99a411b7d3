// What takes cells of its own in a line, and how many: a character with whatever joins it (accents, emoji parts, flags).
// Terminals disagree about some of them; the answer here errs towards two cells, which leaves a gap and never pushes a row out.

// Nothing of its own: accents, joiners, format controls, and the later letters of a Hangul syllable.
const joining = /^[\p{Mn}\p{Me}\p{Cf}\p{Emoji_Modifier}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Zl}\p{Zp}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
const pictograph = /^\p{Extended_Pictographic}$/u;
// East Asian Wide and Fullwidth, and what is shown as a picture unless something follows that says otherwise.
const wide = new RegExp(
  [
    "^[\\p{Emoji_Presentation}\\p{sc=Han}\\p{sc=Yi}\\p{sc=Tangut}\\p{sc=Nushu}\\p{sc=Khitan_Small_Script}\\u1100-\\u115f\\u2329\\u232a",
    "\\u2630-\\u2637\\u268a-\\u268f\\u2e80-\\u303e\\u3041-\\u3247\\u3250-\\u4dff\\ua960-\\ua97c\\uac00-\\ud7a3\\ufe10-\\ufe19",
    "\\ufe30-\\ufe6b\\uff01-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{18dff}\\u{1aff0}-\\u{1b2ff}\\u{1d300}-\\u{1d356}",
    "\\u{1d360}-\\u{1d376}\\u{1f200}-\\u{1f265}\\u{20000}-\\u{3fffd}]$",
  ].join(""),
  "u",
);

const zeroWidthJoiner = 0x200d;
const asPicture = 0xfe0f;

const kinds = ["unknown", "joining", "invisible", "wide", "narrow"] as const;
type Kind = (typeof kinds)[number];

/** What has been judged, by code; the planes above hold ideographs and little else. */
const known = new Uint8Array(0x20000);

/** Where the character at `at` ends, with what joins it; the text holds no control sequence there. */
export function unitEnd(text: string, at: number): number {
  const first = text.codePointAt(at) ?? 0;
  let end = at + size(first);
  // Nothing joins a control.
  if (first < 0x20) return end;
  if (isRegional(first) && isRegional(text.codePointAt(end) ?? 0)) end += 2;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    if (code < 0x300 || !joins(code)) return end;
    end += size(code);
    const next = text.codePointAt(end);
    if (code === zeroWidthJoiner && next !== undefined && pictograph.test(String.fromCodePoint(next))) {
      end += size(next);
    }
  }
  return end;
}

/** How many cells the character from `at` to `end` takes: 0, 1 or 2. */
export function unitCells(text: string, at: number, end: number): number {
  const first = text.codePointAt(at) ?? 0;
  if (first < 0x300) return first < 0x20 || (first >= 0x7f && first < 0xa0) ? 0 : 1;
  if (isRegional(first)) return 2;
  const kind = kindOf(first);
  if (kind === "wide" || (kind === "joining" && first >= 0x1f3fb && first <= 0x1f3ff)) return 2;
  if (kind !== "narrow") return 0;
  return end > at + size(first) && text.codePointAt(at + size(first)) === asPicture ? 2 : 1;
}

function joins(code: number): boolean {
  const kind = kindOf(code);
  return kind === "joining" || kind === "invisible";
}

function kindOf(code: number): Kind {
  const kind = kinds[known[code] ?? 0] ?? "unknown";
  if (kind !== "unknown") return kind;
  const judged = judge(String.fromCodePoint(code));
  known[code] = kinds.indexOf(judged);
  return judged;
}

function judge(character: string): Kind {
  if (joining.test(character)) return "joining";
  if (invisible.test(character)) return "invisible";
  return wide.test(character) ? "wide" : "narrow";
}

function isRegional(code: number): boolean {
  return code >= 0x1f1e6 && code <= 0x1f1ff;
}

function size(code: number): number {
  return code > 0xffff ? 2 : 1;
}
