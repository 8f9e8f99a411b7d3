// The events of one YAML document -> tree. Duplicate keys, tags, merge keys and what aliases grow into are judged here.

import type { Place } from "../../core/service.ts";
import type { Problem } from "../problem.ts";
import { isNull } from "../tree.ts";
import type { Entry, Tree } from "../tree.ts";
import { isCoreTag, isPlain, offsetOf, scalarOf, tagOf, types } from "./events.ts";
import type { CollectionEvent, Event, ScalarEvent } from "./events.ts";

/** The most levels that a manifest may have. */
export const maxDepth = 64;

export const tooDeepMessage = `nested more than ${maxDepth} levels deep`;

const maxAliased = 100_000;

// What an anchored value grew into. `size` counts its values, `height` its levels; both with aliases followed.
interface Grown {
  readonly tree: Tree;
  readonly size: number;
  readonly height: number;
}

/**
 * The tree of the first document of `events`, which are at most `maxDepth` levels deep; where there are problems it has
 * gaps. Aliases share the tree of their anchor, so walking is linear; `size` and `height` are what a reader would meet.
 */
export function treeOf(
  text: string,
  events: readonly Event[],
  at: (offset: number) => Place,
): { readonly tree: Tree; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const anchors = new Map<string, Grown | "open">();
  let aliased = 0;
  // The first event opens the document.
  let next = 1;

  const nothing = (place: Place): Grown => ({
    tree: { kind: "scalar", place, value: null, source: "" },
    size: 1,
    height: 1,
  });

  // The value that begins here; `place` stands for one that is not written.
  const grow = (place: Place): Grown => {
    const event = events[next++];
    switch (event?.type) {
      case undefined:
      case types.DOCUMENT:
      case types.POP:
        return nothing(place);
      case types.ALIAS:
        return follow(text.slice(event.anchorStart, event.anchorEnd), placeOf(event) ?? place);
      case types.SCALAR:
        return keep(anchorOf(event), growScalar(event, place));
      case types.SEQUENCE:
        return growCollection(event, "!!seq", growList);
      case types.MAPPING:
        return growCollection(event, "!!map", growMap);
    }
  };

  const growScalar = (event: ScalarEvent, fallback: Place): Grown => {
    const place = placeOf(event) ?? fallback;
    const scalar = scalarOf(text, event);
    if (scalar === undefined) return unresolved(event, place);
    return { tree: { kind: "scalar", place, ...scalar }, size: 1, height: 1 };
  };

  const growCollection = (event: CollectionEvent, tag: string, growParts: (place: Place) => Grown): Grown => {
    const anchor = anchorOf(event);
    if (anchor !== undefined) anchors.set(anchor, "open");
    const place = at(event.start);
    const grown = growParts(place);
    // Behind its last part stands the event that closes it.
    next += 1;
    const written = tagOf(text, event) ?? "!";
    return keep(anchor, written === "!" || written === tag ? grown : unresolved(event, place));
  };

  const unresolved = (event: CollectionEvent | ScalarEvent, place: Place): Grown => {
    const tag = tagOf(text, event) ?? "";
    const message = isCoreTag(tag) ? `what is written here is no ${tag}` : `the tag ${tag} is not known`;
    problems.push({ place: at(event.tagStart), message, remedy: "Remove the tag." });
    return nothing(place);
  };

  const anchorOf = ({ anchorStart, anchorEnd }: CollectionEvent | ScalarEvent): string | undefined =>
    anchorStart < 0 ? undefined : text.slice(anchorStart, anchorEnd);

  const keep = (anchor: string | undefined, grown: Grown): Grown => {
    if (anchor !== undefined) anchors.set(anchor, grown);
    return grown;
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

  const isClosing = (): boolean => events[next]?.type === types.POP;

  const growList = (place: Place): Grown => {
    const grown: Grown[] = [];
    while (!isClosing()) grown.push(grow(place));
    return gather({ kind: "list", place, items: grown.map(({ tree }) => tree) }, grown);
  };

  const growMap = (place: Place): Grown => {
    const entries = new Map<string, Entry>();
    const merged: Grown[] = [];
    const grown: Grown[] = [];
    while (!isClosing()) {
      const key = growKey(place);
      const value = grow(key?.place ?? place);
      if (key === undefined) continue;
      grown.push(value);
      if (key.isMerge) {
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

  const placeOf = (event: Event | undefined): Place | undefined => {
    const offset = event === undefined ? undefined : offsetOf(event);
    return offset === undefined ? undefined : at(offset);
  };

  const growKey = (map: Place): { name: string; place: Place; isMerge: boolean } | undefined => {
    const event = events[next];
    const { tree } = grow(map);
    // Of an alias, where it stands, not its anchor; of a key that is not written, where its value is.
    const place = placeOf(event) ?? placeOf(events[next]) ?? tree.place;
    if (tree.kind !== "scalar") {
      problems.push({ place, message: "a key must be a word, not a list or a map" });
      return undefined;
    }
    if (tree.source === "__proto__") {
      // What is made of a map afterwards would lose it.
      problems.push({ place, message: "`__proto__` has a meaning of its own in JavaScript and cannot be a key" });
      return undefined;
    }
    const isMerge = event?.type === types.SCALAR && tree.source === "<<" && isPlain(event);
    return { name: tree.source, place, isMerge };
  };

  const mergedEntries = (tree: Tree): readonly (readonly [string, Entry])[] => {
    if (tree.kind === "map") return [...tree.entries];
    if (tree.kind === "list") return tree.items.flatMap(mergedEntries);
    if (!isNull(tree)) problems.push({ place: tree.place, message: "`<<` takes a map, or a list of maps" });
    return [];
  };

  const gather = (tree: Tree, parts: readonly Grown[]): Grown => {
    const size = parts.reduce((sum, part) => sum + part.size, 1);
    const height = parts.reduce((most, part) => Math.max(most, part.height), 0) + 1;
    if (height <= maxDepth) return { tree, size, height };
    problems.push({ place: tree.place, message: tooDeepMessage });
    return nothing(tree.place);
  };

  return { tree: grow(at(0)).tree, problems };
}
