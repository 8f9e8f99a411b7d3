// One manifest with what is merged over it, read into a tree; its includes are units of their own.

import { dirname, join, resolve } from "node:path";
import type { Place } from "../core/service.ts";
import { readEnvFileInto } from "./env-files.ts";
import { mergeManifests, withoutExtensions } from "./merge.ts";
import { topRenderingOf } from "./fields.ts";
import { literal, lookupIn, templates } from "./layers.ts";
import { nulProblems } from "./nul.ts";
import { parseYaml } from "./yaml/parse.ts";
import type { Problem } from "./problem.ts";
import { renderTree } from "./render.ts";
import type { Source } from "./source.ts";
import { readTextFile, UnreadableError } from "./text-file.ts";
import { child, isNull } from "./tree.ts";
import type { MapTree, Tree } from "./tree.ts";

/** A merged manifest, not yet interpolated. */
export interface Unit {
  /** The directory of its first file. */
  readonly root: string;
  readonly files: readonly string[];
  readonly tree: MapTree;
  /** What the `.env` in `root` says; empty when there is none or it is not wanted. */
  readonly dotenv: Readonly<Record<string, string>>;
}

/** What is gathered while files are read. */
export interface Reading {
  /** The absolute directory that is worked in. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dotenv: boolean;
  readonly sources: Map<string, Source>;
  readonly problems: Problem[];
  readonly warnings: Problem[];
  /** What the `.env` of each directory says, which several manifests may be in. */
  readonly dotenvs: Map<string, Readonly<Record<string, string>>>;
}

// What another program makes at this moment (`-f <(…)`) may take its time; into a named pipe perhaps nobody ever writes.
const bounds = { mebibytes: 1, silence: 10, isAlone: true } as const;
const patientBounds = { ...bounds, silence: 60 };

/**
 * The manifest of these files and, after it, every manifest that it includes; faults go to `reading.problems`. `from` is
 * the include that names it, with the files that it is in.
 */
export async function readUnits(
  files: readonly string[],
  reading: Reading,
  from?: { readonly chain: readonly string[]; readonly place: Place },
): Promise<readonly Unit[]> {
  const trees: Tree[] = [];
  for (const [index, file] of files.entries()) {
    const tree = await readTree(file, reading, { isOver: index > 0, ...(from && { saidAt: from.place }) });
    if (tree !== undefined) trees.push(withoutExtensions(tree));
  }
  const [first, ...over] = trees;
  if (first === undefined || files[0] === undefined || trees.length < files.length) return [];
  const merged = over.reduce(mergeManifests, first);
  if (merged.kind !== "map") return [];
  const root = rootOf(files[0], reading);
  const file = { path: join(root, ".env"), required: false };
  const dotenv = reading.dotenv ? (reading.dotenvs.get(root) ?? (await readEnvFileInto(file, reading))) : {};
  reading.dotenvs.set(root, dotenv);
  const unit: Unit = { root, files, tree: withoutEmpty(merged), dotenv };
  const units = [unit];
  for (const { path, place } of includesOf(unit, reading)) {
    const above = [...(from?.chain ?? []), ...files];
    if (above.includes(path)) {
      const circle = [...above.slice(above.indexOf(path)), path].join(" → ");
      reading.problems.push({ place, message: `manifests include one another in a circle: ${circle}` });
      continue;
    }
    if (reading.sources.has(path)) {
      reading.problems.push({ place, message: `${path} is included twice`, remedy: "Keep one of them." });
      continue;
    }
    units.push(...(await readUnits([path], reading, { chain: above, place })));
  }
  return units;
}

// What comes through a descriptor (`-f <(…)`) stands in no directory of the project's: it is as if it stood here.
function rootOf(file: string, { directory }: Reading): string {
  return isDescriptor(file) ? directory : dirname(file);
}

function isDescriptor(file: string): boolean {
  return /^\/(?:dev|proc)\//.test(file);
}

// `env:` with all its lines commented out says nothing.
function withoutEmpty(tree: MapTree): MapTree {
  return {
    ...tree,
    entries: new Map([...tree.entries].filter(([key, { value }]) => key === "services" || !isNull(value))),
  };
}

// How a file comes to be read.
interface Occasion {
  /** Goes over another, and may say nothing. */
  readonly isOver: boolean;
  /** The include that names it. */
  readonly saidAt?: Place;
}

async function readTree(file: string, reading: Reading, { isOver, saidAt }: Occasion): Promise<Tree | undefined> {
  const text = await readText(file, reading.problems, saidAt);
  if (text === undefined) {
    reading.sources.set(file, { file, text: "", lineStarts: [] });
    return undefined;
  }
  const { tree, source, problems } = parseYaml(text, file);
  reading.sources.set(file, source);
  reading.problems.push(...problems);
  if (problems.length > 0) return undefined;
  const nuls = tree === undefined ? [] : nulProblems(tree);
  reading.problems.push(...nuls);
  if (nuls.length > 0) return undefined;
  const place: Place = tree?.place ?? { file, line: 1, column: 1 };
  if (tree === undefined || isNull(tree)) {
    if (isOver) return { kind: "map", place, entries: new Map() };
    const remedy = "It needs a map with a `services:` key.";
    reading.problems.push({ place, message: "the manifest is empty", remedy });
    return undefined;
  }
  if (tree.kind === "map") return isOver ? withoutEmptyServices(tree) : tree;
  const what = tree.kind === "list" ? "a list" : "a single value";
  reading.problems.push({ place, message: `a manifest is a map with a \`services:\` key, not ${what}` });
  return undefined;
}

// What goes over another and has all its services commented out takes none away.
function withoutEmptyServices(tree: MapTree): MapTree {
  return {
    ...tree,
    entries: new Map([...tree.entries].filter(([key, { value }]) => key !== "services" || !isNull(value))),
  };
}

async function readText(file: string, problems: Problem[], saidAt: Place | undefined): Promise<string | undefined> {
  try {
    return await readTextFile(file, isDescriptor(file) ? patientBounds : bounds);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const remedy = remedies.find(([words]) => error.message.startsWith(words))?.[1];
    problems.push({
      ...(saidAt && { place: saidAt }),
      message: `${file} ${error.message}`,
      ...(remedy !== undefined && { remedy }),
    });
    return undefined;
  }
}

const remedies = [
  ["is larger", "Manifests are written by hand; split a large one with `include:`."],
  ["is a directory", "Name the manifest in it."],
] as const;

function includesOf(unit: Unit, reading: Reading): readonly { readonly path: string; readonly place: Place }[] {
  const include = child(unit.tree, "include");
  if (include === undefined) return [];
  const lookup = lookupIn([templates(plainEnv(unit.tree)), literal(reading.env), literal(unit.dotenv)]);
  const { problems, warnings } = reading;
  const rendered = renderTree(
    include,
    { renderingOf: topRenderingOf, now: lookup, later: lookup, below: lookup, problems, warnings },
    ["include"],
  );
  const items = rendered.kind === "list" ? rendered.items : [rendered];
  // Anything but text is the schema's to refuse.
  return items.flatMap((item) => {
    if (item.kind !== "scalar" || typeof item.value !== "string") return [];
    return { path: resolve(dirname(item.place.file), item.value), place: item.place };
  });
}

/** The `env` of a manifest or service as text and null, whatever else is in it left out. */
export function plainEnv(tree: Tree | undefined): Readonly<Record<string, string | null>> {
  const env = child(tree, "env");
  if (env?.kind !== "map") return {};
  return Object.fromEntries(
    [...env.entries].flatMap(([name, { value }]) =>
      value.kind === "scalar" ? [[name, value.value === null ? null : value.source]] : [],
    ),
  );
}
