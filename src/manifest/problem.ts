// What is wrong with a manifest, as data, and how it is shown: the place, the words, the line with a caret, the remedy.

import { relative } from "node:path";
import type { Place } from "../core/service.ts";
import type { Source } from "./source.ts";

/** One thing that is wrong, or worth a warning, and what to do about it. */
export interface Problem {
  readonly place?: Place;
  /** One sentence without a final stop. */
  readonly message: string;
  /** What to do next, as a sentence; it may have several lines. */
  readonly remedy?: string;
  /** The line of the file that the place is in. */
  readonly excerpt?: Excerpt;
  /** True: its line may hold a secret, and is not shown for what is no mistake. */
  readonly isPrivate?: true;
}

/** A piece of a line that is safe to print, and how many characters stand before the caret. */
export interface Excerpt {
  readonly text: string;
  readonly caret: number;
}

/** A problem as it is printed, with paths relative to `cwd`, over one to many lines and without a final newline. */
export function renderProblem(problem: Problem, cwd: string): string {
  const message = visible(problem.message);
  const lines = [problem.place === undefined ? message : `${renderPlace(problem.place, cwd)} ${message}`];
  if (problem.excerpt !== undefined) {
    lines.push(`  ${problem.excerpt.text}`, `  ${" ".repeat(problem.excerpt.caret)}^`);
  }
  if (problem.remedy !== undefined) {
    lines.push(...problem.remedy.split("\n").map((line) => (line === "" ? "" : `  ${visible(line)}`)));
  }
  return lines.join("\n");
}

/** `services.yaml:14:7`, relative to `cwd` where that is not longer than the absolute path. */
function renderPlace(place: Place, cwd: string): string {
  const near = relative(cwd, place.file);
  const file = near !== "" && near.length <= place.file.length ? near : place.file;
  return `${file}:${place.line}:${place.column}`;
}

const widest = 100;

/** The line of a place, clipped around the place to about 100 characters, with what would move the cursor made visible. */
export function excerptOf(source: Source, place: Place): Excerpt | undefined {
  const start = source.lineStarts[place.line - 1];
  if (start === undefined) return undefined;
  const next = source.lineStarts[place.line];
  const end = next === undefined ? source.text.length : next - 1;
  const column = Math.min(place.column - 1, end - start);
  const from = end - start <= widest ? 0 : Math.max(0, Math.min(column - widest / 2, end - start - widest));
  const to = Math.min(end - start, from + widest);
  const before = from > 0 ? "…" : "";
  const after = to < end - start ? "…" : "";
  const text = before + visible(source.text.slice(start + from, start + to).replace(/\r$/, "")) + after;
  return { text, caret: column - from + before.length };
}

// One character for one, so that the caret stays under its place: a tab becomes a space, C0 controls their pictures,
// and what could repaint or reorder the line a replacement character.
function visible(text: string): string {
  return text
    .replaceAll("\t", " ")
    .replaceAll(/[\u0000-\u001f]/g, (char) => String.fromCodePoint(0x2400 + char.charCodeAt(0)))
    .replaceAll(/[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");
}

const most = 100;

/** Sorted by place, one for each place, at most 100 (then a sentence says how many more), each with its excerpt. */
export function presentProblems(
  problems: readonly Problem[],
  sources: ReadonlyMap<string, Source>,
): readonly Problem[] {
  const files = [...sources.keys()];
  const order = (problem: Problem): number => (problem.place === undefined ? -1 : files.indexOf(problem.place.file));
  const seen = new Set<string>();
  const distinct = problems.filter(({ place, message }) => {
    const key = place === undefined ? message : `${place.line}:${place.column}:${place.file}`;
    return !seen.has(key) && seen.add(key);
  });
  distinct.sort(
    (a, b) =>
      order(a) - order(b) ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
  const shown = distinct
    .slice(0, most)
    .map(withoutEcho)
    .map((problem) => {
      const source = problem.place === undefined ? undefined : sources.get(problem.place.file);
      const { isPrivate, ...rest } = problem;
      const excerpt = isPrivate !== true && source && problem.place && excerptOf(source, problem.place);
      return excerpt === undefined || excerpt === false ? rest : { ...rest, excerpt };
    });
  const hidden = distinct.length - shown.length;
  return hidden === 0 ? shown : [...shown, { message: `and ${hidden} more problems, not shown` }];
}

/** A remedy longer than this, such as a list of all keys, is given once. */
const longRemedy = 120;

function withoutEcho(problem: Problem, index: number, all: readonly Problem[]): Problem {
  const { remedy = "", ...rest } = problem;
  const isEcho = remedy.length > longRemedy && all.findIndex((one) => one.remedy === remedy) < index;
  return isEcho ? rest : problem;
}
