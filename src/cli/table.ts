// A table of plain columns. Pure.

import { stripVTControlCharacters } from "node:util";

const gap = "  ";
/** With fewer columns than this left for the last cell, it stands below its row. */
const leastBeside = 30;
const below = 4;
/** Some terminals say that they have none. */
const narrowest = 20;

/**
 * Lines with aligned columns, without trailing blanks; cells may hold colours. Columns that are empty throughout are left out.
 * In a terminal of `columns` columns the last cell, which has none, is broken between words.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], columns?: number): string {
  const used = head.map((_, column) => rows.some((row) => width(row[column] ?? "") > 0));
  const all = [head, ...rows].map((row) => row.filter((_, column) => used[column]));
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ""))));
  const whole = widths.reduce((sum, one) => sum + one + gap.length, -gap.length);
  const rowOf = (row: readonly string[]): string =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join(gap)
      .trimEnd();
  if (columns === undefined || columns < narrowest || whole <= columns) return all.map(rowOf).join("\n");
  const start = whole - (widths.at(-1) ?? 0);
  const isBeside = columns - start >= leastBeside;
  const indent = isBeside ? start : below;
  return all
    .map((row) => {
      const line = rowOf(row);
      if (width(line) <= columns) return line;
      const parts = wrapWords(row.at(-1) ?? "", columns - indent);
      const first = isBeside ? (parts.shift() ?? "") : "";
      return [rowOf([...row.slice(0, -1), first]), ...parts.map((part) => " ".repeat(indent) + part)].join("\n");
    })
    .join("\n");
}

/** A sentence of ours, broken between words in a terminal of so many columns, from its second line on by two further in. */
export function sentence(text: string, columns: number | undefined = process.stdout.columns): string {
  return columns === undefined || columns < narrowest ? text : wrapWords(text, columns - 2).join("\n  ");
}

/** The text in lines of at most so many columns, where its words allow it; it may hold colours. */
function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && width(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The text with blanks up to a width in columns. */
export function pad(text: string, to: number): string {
  return text + " ".repeat(Math.max(0, to - width(text)));
}

function width(text: string): number {
  return stripVTControlCharacters(text).length;
}
