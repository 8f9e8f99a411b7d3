// YAML text -> tree. Bounded in size, depth and aliases, so that no file can make a start hang; every error has its place.

import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from "yaml";
import type { Document, Node, Pair, YAMLError, YAMLMap } from "yaml";
import type { Place } from "../core/service.ts";
import type { Problem, Source } from "./problem.ts";
import { isNull } from "./tree.ts";
import type { Entry, Scalar, Tree } from "./tree.ts";

/** What reading one file's text gave; without a tree there is at least one problem. */
export interface Parsed {
  readonly tree?: Tree;
  readonly source: Source;
  readonly problems: readonly Problem[];
}

const mostTokens = 200_000;
const maxDepth = 64;
const maxAliased = 100_000;
const tooDeepMessage = `nested more than ${maxDepth} levels deep`;

/** Reads one YAML document; `file` is the absolute path that places will name. Beyond `maxTokens` it is refused. */
export function parseYaml(text: string, file: string, maxTokens = mostTokens): Parsed {
  const lines = new LineCounter();
  const source: Source = { file, text, lineStarts: lines.lineStarts };
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };

  const nul = text.indexOf("\0");
  if (nul !== -1) {
    lines.lineStarts.push(0, ...lineStartsUpTo(text, nul));
    const remedy = "Remove it, or save the file as UTF-8 text.";
    return { source, problems: [{ place: at(nul), message: "a NUL byte is no text", remedy }] };
  }

  const composed = compose(text, lines, maxTokens);
  if (!Array.isArray(composed)) {
    const { offset, ...problem } = composed;
    return { source, problems: [{ ...problem, place: at(offset) }] };
  }
  const [document, second] = composed;
  if (second !== undefined) {
    const remedy = "Keep one document a file; merge files with `-f a.yaml -f b.yaml`, or use `include:`.";
    return {
      source,
      problems: [{ place: at(second.range[0]), message: "a second YAML document starts here", remedy }],
    };
  }
  const faults = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  if (faults.length > 0) return { source, problems: faults.map((fault) => faultOf(fault, at)) };
  if (document?.contents === undefined || document.contents === null) return { source, problems: [] };
  const { tree, problems } = treeOf(document.contents, at);
  return problems.length > 0 ? { source, problems } : { tree, source, problems };
}

// The offsets after each newline before `end`.
function lineStartsUpTo(text: string, end: number): readonly number[] {
  const starts: number[] = [];
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

interface Refusal {
  readonly offset: number;
  readonly message: string;
  readonly remedy?: string;
}

// Lexing is the cheap part: counting its tokens keeps the dear parts from being fed megabytes, and the parser's own
// stack shows the depth before the composer, which recurses, runs out of the machine's.
function compose(text: string, lines: LineCounter, maxTokens: number): Document.Parsed[] | Refusal {
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  let count = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > maxTokens) {
      const remedy = "Manifests are written by hand; split a large one with `include:`.";
      return { offset: 0, message: `a file of more than ${maxTokens} YAML tokens is not read`, remedy };
    }
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > 2 * maxDepth) return { offset: parser.offset - 1, message: tooDeepMessage };
  }
  for (const token of parser.end()) tokens.push(token);
  // The library compares each key with each other, which takes minutes for a large map; `treeOf` finds duplicates.
  const composer = new Composer({ uniqueKeys: false, lineCounter: lines });
  return [...composer.compose(tokens, true, text.length)];
}

function faultOf(fault: YAMLError, at: (offset: number) => Place): Problem {
  return { place: at(fault.pos[0]), message: lowerFirst(fault.message), ...plainWords[fault.code] };
}

// The library's own words stay where they are clear enough.
const plainWords: Partial<Record<YAMLError["code"], Omit<Problem, "place">>> = {
  TAB_AS_INDENT: { message: "a tab is used for indentation", remedy: "YAML indents with spaces only." },
  BLOCK_AS_IMPLICIT_KEY: {
    message: "a map starts where a plain value is being read",
    remedy: 'Quote a value that has ": " in it; if it is a key, check its indentation.',
  },
};

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

// What an anchored value grew into. `size` counts its values, `height` its levels; both with aliases followed.
interface Grown {
  readonly tree: Tree;
  readonly size: number;
  readonly height: number;
}

// Aliases share the tree of their anchor, so walking is linear; `size` and `height` are what a reader of the tree would meet.
function treeOf(
  contents: Node,
  at: (offset: number) => Place,
): { readonly tree: Tree; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const anchors = new Map<string, Grown | "open">();
  let aliased = 0;

  const placeOf = (node: Node): Place => at(node.range?.[0] ?? 0);
  const nothing = (place: Place): Grown => ({
    tree: { kind: "scalar", place, value: null, source: "" },
    size: 1,
    height: 1,
  });

  const grow = (node: unknown, place: Place, depth: number): Grown => {
    if (isAlias(node)) return follow(node.source, placeOf(node));
    if (isScalar(node)) {
      const value = node.value as Scalar;
      const source = typeof value === "string" ? value : (node.source ?? String(value));
      return keep(node.anchor, { tree: { kind: "scalar", place: placeOf(node), value, source }, size: 1, height: 1 });
    }
    if (!isMap(node) && !isSeq(node)) return nothing(place);
    if (depth > maxDepth) return tooDeep(placeOf(node));
    if (node.anchor !== undefined) anchors.set(node.anchor, "open");
    return keep(
      node.anchor,
      isMap(node) ? growMap(node as YAMLMap<Node, Node>, depth) : growList(node.items, placeOf(node), depth),
    );
  };

  const keep = (anchor: string | undefined, grown: Grown): Grown => {
    if (anchor !== undefined) anchors.set(anchor, grown);
    return grown;
  };

  const tooDeep = (place: Place): Grown => {
    problems.push({ place, message: tooDeepMessage });
    return nothing(place);
  };

  const follow = (name: string, place: Place): Grown => {
    const grown = anchors.get(name);
    if (grown === undefined) {
      problems.push({ place, message: `no anchor &${name} stands before this alias` });
      return nothing(place);
    }
    if (grown === "open") {
      problems.push({ place, message: `alias *${name} stands inside its own anchor &${name}` });
      return nothing(place);
    }
    const before = aliased;
    aliased += grown.size;
    if (aliased <= maxAliased) return grown;
    if (before <= maxAliased) problems.push({ place, message: `aliases stand for more than ${maxAliased} values` });
    return nothing(place);
  };

  const growList = (items: readonly unknown[], place: Place, depth: number): Grown => {
    const grown = items.map((item) => grow(item, place, depth + 1));
    return gather({ kind: "list", place, items: grown.map(({ tree }) => tree) }, grown);
  };

  const growMap = (node: YAMLMap<Node, Node>, depth: number): Grown => {
    const place = placeOf(node);
    const entries = new Map<string, Entry>();
    const merged: Grown[] = [];
    const grown: Grown[] = [];
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (key === undefined) continue;
      const value = grow(pair.value, key.place, depth + 1);
      grown.push(value);
      if (key.merge) {
        merged.push(value);
        continue;
      }
      const former = entries.get(key.name);
      if (former !== undefined) {
        const message = `"${key.name}" is given twice, first in line ${former.keyPlace.line}`;
        problems.push({ place: key.place, message, remedy: "Keep one of them." });
      }
      entries.set(key.name, { keyPlace: key.place, value: value.tree });
    }
    // What is written in the map itself wins over `<<`, and an earlier merged map over a later one.
    for (const [name, entry] of merged.flatMap(({ tree }) => mergedEntries(tree))) {
      if (!entries.has(name)) entries.set(name, entry);
    }
    return gather({ kind: "map", place, entries }, grown);
  };

  const gather = (tree: Tree, parts: readonly Grown[]): Grown => {
    const size = parts.reduce((sum, part) => sum + part.size, 1);
    const height = parts.reduce((most, part) => Math.max(most, part.height), 0) + 1;
    return height > maxDepth ? tooDeep(tree.place) : { tree, size, height };
  };

  const mergedEntries = (tree: Tree): readonly (readonly [string, Entry])[] => {
    if (tree.kind === "map") return [...tree.entries];
    if (tree.kind === "list") return tree.items.flatMap(mergedEntries);
    if (!isNull(tree)) problems.push({ place: tree.place, message: "`<<` takes a map, or a list of maps" });
    return [];
  };

  const keyOf = ({ key }: Pair<Node, Node>): { name: string; place: Place; merge: boolean } | undefined => {
    const node = isAlias(key) ? follow(key.source, placeOf(key)).tree : key;
    if (isScalar(node)) {
      const merge = node.value === "<<" && node.type === "PLAIN";
      return { name: typeof node.value === "string" ? node.value : (node.source ?? ""), place: placeOf(node), merge };
    }
    if (node !== null && "kind" in node && node.kind === "scalar") {
      return { name: node.source, place: placeOf(key), merge: false };
    }
    if (key !== null) problems.push({ place: placeOf(key), message: "a key must be a word, not a list or a map" });
    return undefined;
  };

  const { tree } = grow(contents, at(0), 0);
  return { tree, problems };
}
