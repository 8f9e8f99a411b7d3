// A unit with its own settings rendered, its env files read, and its services with their defaults under them.

import type { EnvFile } from "../core/service.ts";
import { readEnvFilesOf } from "./env-files.ts";
import { topRenderingOf } from "./fields.ts";
import { problemsOf } from "./issues.ts";
import { knownFrom, ownLayer } from "./known.ts";
import { literal, templates } from "./layers.ts";
import { mergeService } from "./merge.ts";
import { runNames } from "./names.ts";
import { renderTree } from "./render.ts";
import { defaultsMap } from "./schema/service.ts";
import { child, toPlain } from "./tree.ts";
import type { Entry, MapTree, Tree } from "./tree.ts";
import { plainEnv } from "./unit.ts";
import type { Reading, Unit } from "./unit.ts";

/** A unit before launch's own names of all units are known. */
export interface Prepared {
  readonly unit: Unit;
  /** Everything but `defaults`; `services` and `env` not yet rendered. */
  readonly tree: MapTree;
  readonly exportPrefix: string;
  readonly envFiles: readonly EnvFile[];
  /** What the env files say, `.env` included. */
  readonly fileValues: Readonly<Record<string, string>>;
  readonly services: ReadonlyMap<string, Entry>;
}

/** Renders what only the process environment and env files decide; faults go to `reading`. */
export async function prepareUnit(unit: Unit, reading: Reading): Promise<Prepared> {
  const { defaults, rest } = splitDefaults(unit.tree, reading);
  const services = child(rest, "services");
  const layers = [templates(plainEnv(rest)), ownLayer(runNames), literal(reading.env)];
  const render = (tree: MapTree, files: Readonly<Record<string, string>>): MapTree => {
    const into = { renderingOf: topRenderingOf, ...knownFrom([...layers, literal(files)]), ...faultsOf(reading) };
    const kept = new Map([...tree.entries].filter(([key]) => key === "services" || key === "env" || key === "include"));
    const settings = { ...tree, entries: new Map([...tree.entries].filter(([key]) => !kept.has(key))) };
    const rendered = renderTree(settings, into);
    return rendered.kind === "map" ? { ...tree, entries: new Map([...rendered.entries, ...kept]) } : tree;
  };
  // Env files are named before their values are known, all else after.
  const named = render(
    { ...rest, entries: new Map([...rest.entries].filter(([key]) => key === "env_file")) },
    unit.dotenv,
  );
  const saying = { tree: named, root: unit.root, problems: reading.problems };
  const { files, values } = await readEnvFilesOf(saying, reading);
  const fileValues = { ...unit.dotenv, ...values };
  const tree = render(rest, fileValues);
  const prefix = child(tree, "env_prefix");
  return {
    unit,
    tree,
    exportPrefix: prefix?.kind === "scalar" && typeof prefix.value === "string" ? prefix.value : "",
    envFiles: [...(reading.dotenv ? [{ path: `${unit.root}/.env`, required: false }] : []), ...files],
    fileValues,
    services: new Map(
      services?.kind === "map"
        ? [...services.entries].map(([name, entry]) => [name, { ...entry, value: withDefaults(defaults, entry.value) }])
        : [],
    ),
  };
}

/** Where the faults of a rendering go. */
export function faultsOf({ problems, warnings }: Reading): Pick<Reading, "problems" | "warnings"> {
  return { problems, warnings };
}

function splitDefaults(tree: MapTree, reading: Reading): { readonly defaults: MapTree; readonly rest: MapTree } {
  const empty: MapTree = { kind: "map", place: tree.place, entries: new Map() };
  const defaults = child(tree, "defaults");
  if (defaults?.kind !== "map") return { defaults: empty, rest: tree };
  const rest = { ...tree, entries: new Map([...tree.entries].filter(([key]) => key !== "defaults")) };
  // Only unknown keys are told here: wrong values are told by the services that they end up in.
  const issues = defaultsMap.safeParse(toPlain(defaults)).error?.issues ?? [];
  const unknown = issues.filter(({ code, path }) => code === "unrecognized_keys" && path.length === 0);
  const placed = unknown.map((issue) => ({ ...issue, path: ["defaults"] }));
  reading.problems.push(...problemsOf(placed, tree, toPlain(tree)));
  const bad = new Set(unknown.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : [])));
  return { defaults: without(defaults, bad), rest };
}

function withDefaults(defaults: MapTree, service: Tree): Tree {
  if (isScalar(child(service, "external"), true)) return mergeService(without(defaults, notForExternals), service);
  return mergeService(isScalar(child(service, "type"), "task") ? forTask(defaults) : defaults, service);
}

const notForExternals = new Set(["restart", "stop", "stdin", "tty", "logs", "success_exit_codes"]);

// `defaults: { restart: on-failure }` speaks of what should keep running; a task that is to be tried again says so itself.
function forTask(defaults: MapTree): MapTree {
  const restart = defaults.entries.get("restart");
  if (restart === undefined) return defaults;
  const rest = without(defaults, new Set(["restart"]));
  if (restart.value.kind !== "map") return rest;
  const value = without(restart.value, new Set(["policy"]));
  return { ...rest, entries: new Map([...rest.entries, ["restart", { ...restart, value }]]) };
}

function without(tree: MapTree, keys: ReadonlySet<string>): MapTree {
  return { ...tree, entries: new Map([...tree.entries].filter(([key]) => !keys.has(key))) };
}

/** True for a scalar with exactly this value. */
export function isScalar(tree: Tree | undefined, value: string | boolean): boolean {
  return tree?.kind === "scalar" && tree.value === value;
}
