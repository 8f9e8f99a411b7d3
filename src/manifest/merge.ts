// How a later manifest goes over an earlier one, and a service over its `defaults`. Pure.
// Maps merge key by key, lists and scalars are replaced, `null` deletes. Inside `env` and for `stdin`, null is a value.
// Short forms that a map could go over are spelled out first, so that the map adds to them instead of replacing them.

import { isNull } from "./tree.ts";
import type { Entry, MapTree, Path, ScalarTree, Tree } from "./tree.ts";

/** A manifest with another merged over it. */
export function mergeManifests(base: Tree, over: Tree): Tree {
  return merge(base, over, []);
}

/** A service with what `defaults` says where it says nothing itself. */
export function mergeService(defaults: MapTree, service: Tree): Tree {
  return merge(defaults, service, ["services", "*"]);
}

/** The tree without keys that begin with `x-` at the top, in `defaults` and in services. */
export function withoutExtensions(tree: Tree): Tree {
  const clean = (value: Tree): Tree => {
    if (value.kind !== "map") return value;
    return { ...value, entries: new Map([...value.entries].filter(([key]) => !key.startsWith("x-"))) };
  };
  const top = clean(tree);
  if (top.kind !== "map") return top;
  return mapEntries(top, (value, key) => {
    if (key === "defaults") return clean(value);
    return key === "services" && value.kind === "map" ? mapEntries(value, clean) : value;
  });
}

function merge(base: Tree, over: Tree, path: Path): Tree {
  const upper = spellOut(over, path, "always");
  if (upper.kind !== "map") return upper;
  const lower = spellOut(base, path, "under a map");
  if (lower.kind !== "map") return upper;
  const entries = new Map(isProbe(path) ? withoutRivals(lower, upper) : lower.entries);
  for (const [key, entry] of upper.entries) {
    const below = entries.get(key);
    if (below === undefined) entries.set(key, entry);
    else if (isNull(entry.value) && !keepsNull([...path, key])) entries.delete(key);
    else entries.set(key, { keyPlace: entry.keyPlace, value: merge(below.value, entry.value, [...path, key]) });
  }
  return { ...upper, entries };
}

// `api: npm start` and `restart: always` say one thing of a map and leave the rest open; `port: 5432` is a whole choice,
// which only a map on top of it refines.
function spellOut(tree: Tree, path: Path, when: "always" | "under a map"): Tree {
  if (tree.kind !== "scalar" || tree.value === null) return tree;
  const [, , key, name] = path;
  if (path.length === 2 && path[0] === "services") return single("command", tree);
  if (path[0] !== "services") return tree;
  if (path.length === 3 && key === "restart") return single("policy", tree);
  const isPort = (path.length === 3 && key === "port") || (path.length === 4 && key === "ports" && name !== undefined);
  return isPort && when === "under a map" ? single("port", tree) : tree;
}

function single(key: string, value: ScalarTree): MapTree {
  return { kind: "map", place: value.place, entries: new Map([[key, { keyPlace: value.place, value }]]) };
}

const probeKinds = ["http", "tcp", "exec", "log", "listen"];
const kindKeys = [...probeKinds, "status", "headers", "body"];

function isProbe(path: Path): boolean {
  return path.length === 3 && (path[2] === "ready" || path[2] === "health");
}

// A service that names another kind of probe than its defaults means that kind, not both.
function withoutRivals(lower: MapTree, upper: MapTree): readonly (readonly [string, Entry])[] {
  const named = probeKinds.filter((kind) => upper.entries.has(kind) && !isNullAt(upper, kind));
  if (named.length === 0 || named.some((kind) => lower.entries.has(kind))) return [...lower.entries];
  return [...lower.entries].filter(([key]) => !kindKeys.includes(key));
}

function isNullAt(tree: MapTree, key: string): boolean {
  const value = tree.entries.get(key)?.value;
  return value !== undefined && isNull(value);
}

function keepsNull(path: Path): boolean {
  const [first, , key] = path;
  if (first === "env") return path.length === 2;
  if (first === "defaults") {
    return (path[1] === "env" && path.length === 3) || (path[1] === "stdin" && path.length === 2);
  }
  if (first !== "services") return false;
  return (key === "env" && path.length === 4) || (key === "stdin" && path.length === 3);
}

function mapEntries(tree: MapTree, change: (value: Tree, key: string) => Tree): MapTree {
  const entries = [...tree.entries].map(
    ([key, entry]) => [key, { ...entry, value: change(entry.value, key) }] as const,
  );
  return { ...tree, entries: new Map(entries) };
}
