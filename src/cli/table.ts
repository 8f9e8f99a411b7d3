// A table of plain columns. Pure.

import { stripVTControlCharacters } from "node:util";

/** Lines with aligned columns, without trailing blanks; cells may hold colours. Columns that are empty throughout are left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = head.map((_, column) => rows.some((row) => width(row[column] ?? "") > 0));
  const all = [head, ...rows].map((row) => row.filter((_, column) => used[column]));
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ""))));
  return all
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The text with blanks up to a width in columns. */
export function pad(text: string, to: number): string {
  return text + " ".repeat(Math.max(0, to - width(text)));
}

function width(text: string): number {
  return stripVTControlCharacters(text).length;
}
