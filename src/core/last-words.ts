// The last words of a run: of what it has printed, the line that most likely says why it ended.

import { levelOf } from "./level.ts";
import { plainText } from "./sanitize.ts";

/** More than a table or a sentence can use. */
const longest = 240;

/** The last line that reports an error, else the last that says anything; undefined for a run that said nothing. */
export function lastWordsOf(lines: readonly string[]): string | undefined {
  const said = lines.map((line) => plainText(line).trim()).filter((line) => line !== "");
  const words = said.findLast((line) => levelOf(line) === "error") ?? said.at(-1);
  return words !== undefined && words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
}
