// YAML text -> tree. Bounded in size, depth and aliases, so that no file can make a start hang; every error has its place.

import type { Place } from "../../core/service.ts";
import type { Problem } from "../problem.ts";
import { newSource, placeIn } from "../source.ts";
import type { Source } from "../source.ts";
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
  const source = newSource(file, text);
  const at = (offset: number): Place => placeIn(source, offset);
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
