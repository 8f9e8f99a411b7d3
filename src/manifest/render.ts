// A tree with what is known at load rendered into it; what is rendered later is tried once, so that its faults show now.

import type { Place } from "../core/service.ts";
import { keyRenderingOf, mayStay, whatMayStay } from "./fields.ts";
import type { Rendering } from "./fields.ts";
import { render, TemplateError } from "./interpolate.ts";
import type { Lookup } from "./interpolate.ts";
import { withoutMarks } from "./known.ts";
import type { Problem } from "./problem.ts";
import { spawnNames } from "./names.ts";
import { isNull } from "./tree.ts";
import type { Entry, MapTree, Path, ScalarTree, Tree } from "./tree.ts";

/** What values come from at load, and where faults go. */
export interface Rendered {
  readonly renderingOf: (path: Path) => Rendering;
  /** The lookup for what is rendered now; it throws TemplateError for a name that is known only later. */
  readonly now: Lookup;
  /** The lookup for a trial of what is rendered later. */
  readonly later: Lookup;
  /** What a variable means by its own name. */
  readonly below: Lookup;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** The same tree with its scalars rendered; faults are added to `problems` and `warnings`, and their values left as they are. */
export function renderTree(tree: Tree, into: Rendered, path: Path = []): Tree {
  switch (tree.kind) {
    case "scalar":
      return renderScalar(tree, into, path);
    case "list":
      return { ...tree, items: tree.items.map((item, index) => renderTree(item, into, [...path, index])) };
    case "map":
      return { ...tree, entries: renderEntries(tree, into, path) };
  }
}

function renderEntries(tree: MapTree, into: Rendered, path: Path): ReadonlyMap<string, Entry> {
  const rendered = new Map<string, Entry>();
  for (const [key, entry] of tree.entries) {
    if (isNull(entry.value) && !meansNull([...path, key])) continue;
    const name = renderKey(key, entry, into, path);
    if (rendered.has(name)) {
      into.problems.push({ place: entry.keyPlace, message: `"${name}" is named twice`, remedy: "Keep one of them." });
    }
    rendered.set(name, { ...entry, value: renderTree(entry.value, into, [...path, key]) });
  }
  return rendered;
}

function renderKey(key: string, { keyPlace }: Entry, into: Rendered, path: Path): string {
  const rendering = keyRenderingOf(path);
  if (rendering === "raw" || !key.includes("$")) return key;
  try {
    return renderNow(key, rendering, into, (name) => {
      throw notSet(name);
    });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    into.problems.push(problemOf(error, keyPlace));
    return key;
  }
}

// An optional key without a value is as good as absent (`env:` with all its lines commented out). Where the user chose
// the key, an empty value is either meant or a mistake that the schema names.
function meansNull(path: Path): boolean {
  if (path.length === 1) return path[0] === "stdin";
  return ["env", "depends_on", "ports", "files", "headers"].includes(String(path.at(-2)));
}

function renderScalar(tree: ScalarTree, into: Rendered, path: Path): ScalarTree {
  const rendering = into.renderingOf(path);
  if (tree.value === null || rendering === "raw" || rendering === "shell") return asText(tree);
  try {
    if (rendering === "runtime" || rendering === "file") {
      render(tree.source, laterAt(path, rendering, into), (name) => warnUnset(name, tree, into));
      return asText(tree);
    }
    if (rendering === "value" && typeof tree.value !== "string") return tree;
    if (rendering === "word" && typeof tree.value === "boolean") return tree;
    const unset: string[] = [];
    const text = renderNow(tree.source, rendering, into, (name) => unset.push(name));
    // Where something must stand, an empty value would only be told as wrong.
    if (unset[0] !== undefined && (rendering === "value" || text === "")) throw notSet(unset[0]);
    for (const name of unset) warnUnset(name, tree, into);
    return { ...tree, value: rendering === "value" ? retype(text) : text, source: text };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    into.problems.push(problemOf(error, tree.place));
    return tree;
  }
}

function renderNow(source: string, rendering: Rendering, into: Rendered, onUnset: (name: string) => void): string {
  if (rendering !== "path" && rendering !== "page") return render(source, into.now, onUnset);
  return withoutMarks(render(source, into.later, onUnset), (name) => mayStay(rendering, name), whatMayStay(rendering));
}

function notSet(name: string): TemplateError {
  return new TemplateError(`${name} is not set`, `Set it, or give a default: \${${name}:-…}.`);
}

function problemOf({ message, remedy }: TemplateError, place: Place): Problem {
  return remedy === undefined ? { place, message } : { place, message, remedy };
}

function laterAt(path: Path, rendering: Rendering, { later, below }: Rendered): Lookup {
  if (rendering === "file") return (name) => (name === "NOW" ? "now" : later(name));
  const own = path.at(-2) === "env" ? path.at(-1) : undefined;
  return (name) => (name === own ? below(name) : later(name));
}

// `version: 1.10` means the text "1.10", although YAML reads a number.
function asText(tree: ScalarTree): ScalarTree {
  return tree.value === null ? tree : { ...tree, value: tree.source };
}

function retype(text: string): string | number | boolean {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  return text === "true" || text === "false" ? text === "true" : text;
}

function warnUnset(name: string, tree: ScalarTree, into: Rendered): void {
  if (spawnNames.includes(name) || name === "LAUNCH_RUN") {
    const remedy = `Write $$${name}, and whatever shell runs there will read it.`;
    into.warnings.push({
      place: tree.place,
      message: `${name} is set only in the process, and here becomes empty`,
      remedy,
    });
    return;
  }
  const remedy = `Set it, or write \${${name}:-} to say that empty is meant.`;
  into.warnings.push({ place: tree.place, message: `${name} is not set and becomes empty`, remedy });
}
