// YAML text -> tree. Bounded in size, depth and aliases, so that no file can make a start hang; every error has its place.

import type { Place } from "../../core/service.ts";
import type { Problem, Source } from "../problem.ts";
import type { Tree } from "../tree.ts";
import { diagnose } from "./diagnose.ts";
import { eventsOf, types } from "./events.ts";
import { maxDepth, tooDeepMessage, treeOf } from "./tree-of.ts";

/** What reading one file's text gave; without a tree there is at least one problem, or nothing but comments. */
export interface Parsed {
  readonly tree?: Tree;
  readonly source: Source;
  readonly problems: readonly Problem[];
}

const mostValues = 100_000;

/** Reads one YAML document; `file` is the absolute path that places will name. More than `maxValues` keys and values are refused. */
export function parseYaml(text: string, file: string, maxValues = mostValues): Parsed {
  const lineStarts = lineStartsOf(text);
  const source: Source = { file, text, lineStarts };
  const at = (offset: number): Place => {
    const line = lineAt(lineStarts, offset);
    return { file, line, column: offset - (lineStarts[line - 1] ?? 0) + 1 };
  };
  const result = read(text, at, maxValues);
  return "tree" in result && result.problems.length === 0
    ? { ...result, source }
    : { source, problems: result.problems };
}

function read(text: string, at: (offset: number) => Place, maxValues: number): Omit<Parsed, "source"> {
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    const remedy = "Remove it, or save the file as UTF-8 text.";
    return { problems: [{ place: at(nul), message: "a NUL byte is no text", remedy }] };
  }
  const events = eventsOf(text, maxDepth);
  if ("reason" in events) {
    if (events.isTooDeep) return { problems: [{ place: at(events.offset), message: tooDeepMessage }] };
    return { problems: diagnose(text, at, events) };
  }
  if (events.length === 0) return { problems: [] };
  if (events.filter(({ type }) => type !== types.POP).length > maxValues) {
    const remedy = "Manifests are written by hand; split a large one with `include:`.";
    return {
      problems: [{ place: at(0), message: `a file of more than ${maxValues} YAML values is not read`, remedy }],
    };
  }
  if (events.findLastIndex(({ type }) => type === types.DOCUMENT) > 0) {
    return { problems: diagnose(text, at, { offset: 0, reason: "there is more than one YAML document" }) };
  }
  return treeOf(text, events, at);
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

// The line, from 1, that an offset is in: that of the last start that is not behind it.
function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
