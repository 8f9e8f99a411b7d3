// Where one service says its things, for the problems and the relative paths in them.

import { dirname, resolve } from "node:path";
import type { Place } from "../../core/service.ts";
import type { Problem } from "../problem.ts";
import { keyPlaceOf, placeOf } from "../tree.ts";
import type { Path, Tree } from "../tree.ts";

/** One map of a manifest, and where to tell what is wrong in it. */
export interface Saying {
  readonly tree: Tree;
  /** The directory of the manifest that the map belongs to. */
  readonly root: string;
  readonly problems: Problem[];
}

/** The place of the value at a path below the map. */
export function placeAt(saying: Saying, path: Path): Place {
  return placeOf(saying.tree, path);
}

/** The place of the key at a path below the map. */
export function keyPlaceAt(saying: Saying, path: Path): Place {
  return keyPlaceOf(saying.tree, path);
}

/** Tells a problem with the value at a path. */
export function report(saying: Saying, path: Path, message: string, remedy?: string): void {
  const place = placeAt(saying, path);
  saying.problems.push(remedy === undefined ? { place, message } : { place, message, remedy });
}

/** A path as absolute, relative to the file that says it. */
export function absolute(saying: Saying, at: Path, path: string): string {
  return resolve(dirname(placeAt(saying, at).file), path);
}
