// A NUL, which YAML can spell as an escape: the system ends every name and every argument there, so no value may hold one.

import type { Place } from "../core/service.ts";
import type { Problem } from "./problem.ts";
import type { Tree } from "./tree.ts";

/** What is wrong with every key and value that holds a NUL. */
export function nulProblems(tree: Tree): readonly Problem[] {
  switch (tree.kind) {
    case "scalar":
      return problemsIn(tree.value, tree.place);
    case "list":
      return tree.items.flatMap(nulProblems);
    case "map":
      return [...tree.entries].flatMap(([key, { keyPlace, value }]) => [
        ...problemsIn(key, keyPlace),
        ...nulProblems(value),
      ]);
  }
}

function problemsIn(text: unknown, place: Place): readonly Problem[] {
  if (typeof text !== "string" || !text.includes("\0")) return [];
  const remedy = "Remove it: the system takes it for the end of the text.";
  return [{ place, message: "a NUL character (\\0) cannot be part of a value", remedy }];
}
