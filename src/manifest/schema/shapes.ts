// What the merging of manifests knows of a key's value: the map that its short form stands for, which of its keys exclude one
// another, and where `null` is a value. Beside the schema, and without it: to merge shall not make a schema of each key.

import type { MapTree, Tree } from "../tree.ts";

/** One kind of value. */
export interface Shape {
  /** The map that a short form stands for; undefined for what is no short form. */
  readonly spellOut?: (short: Tree) => MapTree | undefined;
  /** True: the short form says one thing of many, so over a map it leaves the rest; else it is a choice of its own. */
  readonly addsToMap?: true;
  /** Groups of which a map holds one, named by its first key: who names another one does without the keys of the rest. */
  readonly rivals?: readonly (readonly string[])[];
  /** True: `null` is a value, not the deletion of the key. */
  readonly isNullValue?: true;
  readonly keys?: Readonly<Record<string, Shape>>;
  /** Of every key that the user names. */
  readonly each?: Shape;
}

/** `always` stands for `{ policy: always }`. */
function valueOf(key: string): (short: Tree) => MapTree | undefined {
  return (short) => (isSet(short) ? mapOf(short, [[key, short]]) : undefined);
}

/** `notify` stands for `{ notify: true }`. */
function word(short: Tree): MapTree | undefined {
  if (short.kind !== "scalar" || !isSet(short)) return undefined;
  const { place } = short;
  return mapOf(short, [[short.source, { kind: "scalar", place, value: true, source: "true" }]]);
}

/** `[db, cache]` stands for `{ db: null, cache: null }`: each with nothing said of it. */
function names(short: Tree): MapTree | undefined {
  if (short.kind !== "list" || !short.items.every(isSet)) return undefined;
  const entries = short.items.flatMap((item): readonly (readonly [string, Tree])[] =>
    item.kind === "scalar" ? [[item.source, { ...item, value: null, source: "" }]] : [],
  );
  return mapOf(short, entries);
}

function isSet(short: Tree): boolean {
  return short.kind === "scalar" && short.value !== null;
}

function mapOf({ place }: Tree, entries: readonly (readonly [string, Tree])[]): MapTree {
  const placed = entries.map(([key, value]) => [key, { keyPlace: value.place, value }] as const);
  return { kind: "map", place, entries: new Map(placed) };
}

const variables: Shape = { each: { isNullValue: true } };

const envFile: Shape = { spellOut: valueOf("path") };

const port: Shape = { spellOut: valueOf("port"), rivals: [["port"], ["preferred"]] };

const probe: Shape = {
  spellOut: word,
  rivals: [["http", "status", "headers", "body"], ["tcp"], ["exec"], ["log"], ["listen"], ["notify"], ["none"]],
};

const keysOfService: Readonly<Record<string, Shape>> = {
  env: variables,
  env_file: envFile,
  port,
  ports: { each: port },
  depends_on: { spellOut: names, each: { spellOut: valueOf("condition") } },
  ready: probe,
  health: probe,
  restart: { spellOut: valueOf("policy"), addsToMap: true },
  stop: { rivals: [["signal"], ["command"]] },
  files: { each: { spellOut: valueOf("content") } },
  stdin: { isNullValue: true },
};

/** A service, or what `defaults` says of all. */
export const serviceShape: Shape = { spellOut: valueOf("command"), addsToMap: true, keys: keysOfService };

/** A whole manifest. */
export const manifestShape: Shape = {
  keys: {
    env: variables,
    env_file: envFile,
    defaults: { keys: keysOfService },
    services: { each: serviceShape },
  },
};
