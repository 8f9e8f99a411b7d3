// A manifest's values that remember where they were said, through merging and interpolation.

import type { Place } from "../core/service.ts";

/** A value of a YAML file with its place. */
export type Tree = MapTree | ListTree | ScalarTree;

/** Keys in the order of the file. */
export interface MapTree {
  readonly kind: "map";
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** A key's value, with the place of the key itself. */
export interface Entry {
  readonly keyPlace: Place;
  readonly value: Tree;
}

/** Items in the order of the file. */
interface ListTree {
  readonly kind: "list";
  readonly place: Place;
  readonly items: readonly Tree[];
}

/** A string, number, boolean or nothing. */
export interface ScalarTree {
  readonly kind: "scalar";
  readonly place: Place;
  readonly value: Scalar;
  /** As it was written: `1.10` where the value is the number 1.1. */
  readonly source: string;
}

export type Scalar = string | number | boolean | null;

/** The steps from the top to a value: keys, and indexes of lists. */
export type Path = readonly PropertyKey[];

/** The value of a key, or undefined when the tree is no map or has no such key. */
export function child(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === "map" ? tree.entries.get(key)?.value : undefined;
}

/** The keys of a map; none for anything else. */
export function keysOf(tree: Tree | undefined): readonly string[] {
  return tree?.kind === "map" ? [...tree.entries.keys()] : [];
}

export function isNull(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

/** The plain value, as JSON would hold it. */
export function toPlain(tree: Tree): unknown {
  switch (tree.kind) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.map(toPlain);
    case "map":
      // `fromEntries` defines a key such as `__proto__` instead of setting it.
      return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
  }
}

/** The place of the value that a path leads to, or of the deepest value on the way that exists. */
export function placeOf(tree: Tree, path: Path): Place {
  return follow(tree, path).value.place;
}

/** The place of the key that a path ends with; for an index or a missing key as `placeOf`. */
export function keyPlaceOf(tree: Tree, path: Path): Place {
  const { keyPlace, value } = follow(tree, path);
  return keyPlace ?? value.place;
}

function follow(tree: Tree, path: Path): { readonly keyPlace?: Place; readonly value: Tree } {
  let here: { keyPlace?: Place; value: Tree } = { value: tree };
  for (const step of path) {
    const { value } = here;
    if (value.kind === "list" && typeof step === "number" && value.items[step] !== undefined) {
      here = { value: value.items[step] };
      continue;
    }
    const entry = value.kind === "map" ? value.entries.get(String(step)) : undefined;
    if (entry === undefined) return { value };
    here = entry;
  }
  return here;
}
