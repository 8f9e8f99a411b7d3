// How a later manifest goes over an earlier one, and a service over its `defaults`. Pure.
// Maps merge key by key, lists and scalars are replaced, `null` deletes the key that it is the value of, where it is no value.
// A short form that a map goes over is spelled out first, so that the map adds to it instead of replacing it.

import { manifestShape, serviceShape } from "./schema/shapes.ts";
import type { Shape } from "./schema/shapes.ts";
import { isNull } from "./tree.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";

/** A manifest with another merged over it. */
export function mergeManifests(base: Tree, over: Tree): Tree {
  return merge(base, over, manifestShape);
}

/** A service with what `defaults` says where it says nothing itself. */
export function mergeService(defaults: MapTree, service: Tree): Tree {
  return merge(defaults, service, serviceShape);
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

function merge(base: Tree, over: Tree, shape: Shape): Tree {
  const upper = shape.addsToMap === true ? spelledOut(over, shape) : over;
  if (upper.kind !== "map") return upper;
  const lower = spelledOut(base, shape);
  if (lower.kind !== "map") return upper;
  const entries = new Map(withoutRivals(lower, upper, shape.rivals ?? []));
  for (const [key, entry] of upper.entries) {
    const below = entries.get(key);
    const inner = shapeOfKey(shape, key);
    if (below === undefined) entries.set(key, entry);
    else if (isNull(entry.value) && inner.isNullValue !== true) entries.delete(key);
    else entries.set(key, { keyPlace: entry.keyPlace, value: merge(below.value, entry.value, inner) });
  }
  return { ...upper, entries };
}

const plain: Shape = {};

function shapeOfKey({ keys, each }: Shape, key: string): Shape {
  return (keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : each) ?? plain;
}

function spelledOut(tree: Tree, { spellOut }: Shape): Tree {
  return spellOut?.(tree) ?? tree;
}

// A service that names another kind of probe than its defaults means that kind, not both.
function withoutRivals(
  lower: MapTree,
  upper: MapTree,
  rivals: NonNullable<Shape["rivals"]>,
): readonly (readonly [string, Entry])[] {
  const named = rivals.filter(([head = ""]) => upper.entries.has(head) && !isNullAt(upper, head));
  if (named.length === 0 || named.some(([head = ""]) => lower.entries.has(head))) return [...lower.entries];
  const others = new Set(rivals.flat());
  return [...lower.entries].filter(([key]) => !others.has(key));
}

function isNullAt(tree: MapTree, key: string): boolean {
  const value = tree.entries.get(key)?.value;
  return value !== undefined && isNull(value);
}

function mapEntries(tree: MapTree, change: (value: Tree, key: string) => Tree): MapTree {
  const entries = [...tree.entries].map(
    ([key, entry]) => [key, { ...entry, value: change(entry.value, key) }] as const,
  );
  return { ...tree, entries: new Map(entries) };
}
