// A line of the dashboard as data: pieces of text, each with the meaning that its colour stands for.

import { pictured } from "../../core/sanitize.ts";

/** What a piece of text means; a word or mark beside it always says the same. */
export type Tone = "good" | "bad" | "warn" | "dim" | "strong" | "accent" | "chosen";

/** A piece of text without control characters. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  /** True: part of a bar, which is drawn reversed. */
  readonly bar?: true;
}

/** One row of the screen, left to right. */
export type Line = readonly Span[];

/** A piece of text; without a tone it is plain. What it quotes has its controls shown as pictures. */
export function span(text: string, tone?: Tone): Span {
  const shown = pictured(text);
  return tone === undefined ? { text: shown } : { text: shown, tone };
}

/** The line as a bar. */
export function bar(line: Line): Line {
  return line.map((piece) => ({ ...piece, bar: true }));
}

/** The line without its tones. */
export function plain(line: Line): string {
  return line.map(({ text }) => text).join("");
}

// Bold and reversed text are no colours: they stay where colours are unwanted.
const sgr: Readonly<Record<Tone, { readonly on: string; readonly off: string; readonly color: boolean }>> = {
  good: { on: "32", off: "39", color: true },
  bad: { on: "31", off: "39", color: true },
  warn: { on: "33", off: "39", color: true },
  accent: { on: "36", off: "39", color: true },
  dim: { on: "2", off: "22", color: false },
  strong: { on: "1", off: "22", color: false },
  chosen: { on: "7", off: "27", color: false },
};

const none = { on: "", off: "", color: false };

/** The line as a terminal shows it, each piece closed again. */
export function paint(line: Line, colors: boolean): string {
  return line
    .map(({ text: given, tone, bar: isBar }) => {
      // One that was made by hand.
      const text = pictured(given);
      if (text === "") return text;
      // What is dim in a bar cannot be read on many grounds.
      const { on, off, color } = tone === undefined || (isBar && tone === "dim") ? none : sgr[tone];
      const painted = on === "" || (color && !colors) ? text : `\u001b[${on}m${text}\u001b[${off}m`;
      return isBar ? `\u001b[7m${painted}\u001b[27m` : painted;
    })
    .join("");
}
