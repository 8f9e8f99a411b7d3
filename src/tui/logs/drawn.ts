// The text of a line as rows: safe to print, wrapped or cut to the pane, with what was searched for made to stand out.
// What was drawn for a line is kept for the next frame, since most lines are on the screen for more than one.

import { plainText, sanitize } from "../../core/sanitize.ts";
import { clip } from "../text/clip.ts";
import { highlight, inverse } from "../text/highlight.ts";
import { width } from "../text/width.ts";
import { wrapRows } from "../text/wrap.ts";
import type { Query } from "./query.ts";
import type { Line, Source } from "./source.ts";
import type { LogView } from "./view.ts";

/** How text is drawn. */
export interface Drawing {
  readonly columns: number;
  readonly colors: boolean;
}

interface Drawn {
  readonly text: string;
  readonly how: string;
  readonly rows: readonly string[];
}

const current = "\x1b[1;4;7m";
const kept = 512;
const drawn = new WeakMap<Source, Map<number, Drawn>>();

/** The rows of a line's text, at least one; without wrapping exactly one. */
export function textRows(view: LogView, line: Line, drawing: Drawing): readonly string[] {
  const isCurrent = line.number === view.search?.current;
  const { columns, colors } = drawing;
  const how = `${columns} ${view.wrap ? "w" : view.column} ${colors} ${isCurrent} ${view.search?.query.text ?? ""}`;
  const cache = cacheOf(view.source);
  const known = cache.get(line.number);
  if (known !== undefined && known.how === how && known.text === line.text) return known.rows;
  const rows = draw(view, line, drawing, isCurrent);
  if (cache.size >= kept) cache.clear();
  cache.set(line.number, { text: line.text, how, rows });
  return rows;
}

function draw(view: LogView, line: Line, { columns, colors }: Drawing, isCurrent: boolean): readonly string[] {
  const text = clean(line, colors);
  const query = view.search?.query;
  const marked = !colors || query === undefined || query.inverted ? text : markMatches(text, line, query, isCurrent);
  return view.wrap ? wrapRows(marked, columns) : [clip(marked, view.column, columns)];
}

function clean(line: Line, colors: boolean): string {
  if (!colors) return plainText(line.text);
  return line.origin === "launch" ? `\x1b[2m${plainText(line.text)}\x1b[0m` : sanitize(line.text);
}

function markMatches(text: string, line: Line, query: Query, isCurrent: boolean): string {
  const plain = plainText(line.text);
  const ranges = query.ranges(plain);
  if (ranges.length === 0) return text;
  const columns = ranges.map(([from, to]) => {
    const start = width(plain.slice(0, from));
    return { from: start, to: start + width(plain.slice(from, to)) };
  });
  return highlight(text, columns, isCurrent ? current : inverse);
}

function cacheOf(source: Source): Map<number, Drawn> {
  const known = drawn.get(source) ?? new Map<number, Drawn>();
  drawn.set(source, known);
  return known;
}
