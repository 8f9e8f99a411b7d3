// A person's own settings, for the dashboards of all projects: the text of their file -> settings, or all that is wrong with it.

import * as z from "zod/mini";
import { problemsOf } from "./issues.ts";
import { parseYaml } from "./yaml/parse.ts";
import { presentProblems, type Problem } from "./problem.ts";
import { flag } from "./schema/scalars.ts";
import { didYouMean } from "./suggest.ts";
import { keyPlaceOf, placeOf, type Path, type Tree } from "./tree.ts";

/** What a person has set; what they have not is undefined. */
export interface UserConfig {
  /** Action to its keys. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly mouse?: boolean;
  readonly ascii?: boolean;
  readonly screenReader?: boolean;
  readonly plain?: boolean;
}

/** What the dashboard knows; given by whoever knows the dashboard. */
export interface KeyWords {
  readonly actions: readonly string[];
  isKey(key: string): boolean;
}

/** Settings, or every problem with its place. */
export type UserConfigResult =
  | { readonly ok: true; readonly config: UserConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const keyError = "a key such as j, J, ctrl-d, alt-m, pageup or f5, or a list of keys";
const key = z.string({ error: keyError }).check(z.minLength(1, { error: keyError }));

const setting = z.exactOptional(flag);

const schema = z.strictObject(
  {
    keys: z.exactOptional(
      z.record(z.string(), z.union([key, z.array(key, { error: keyError })], { error: keyError }), {
        error: "a map of actions to keys",
      }),
    ),
    mouse: setting,
    ascii: setting,
    screen_reader: setting,
    plain: setting,
  },
  { error: "a map, such as `mouse: false`" },
);

/** Reads the settings; `file` is the absolute path that places will name. Without `known`, actions and keys are not judged. */
export function parseUserConfig(text: string, file: string, known?: KeyWords): UserConfigResult {
  const { tree, source, problems } = parseYaml(text, file);
  const wrong = (found: readonly Problem[]): UserConfigResult => ({
    ok: false,
    problems: presentProblems(found, new Map([[file, source]])),
  });
  if (problems.length > 0) return wrong(problems);
  // An empty file, or one of comments alone.
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return { ok: true, config: { keys: {} } };

  const plain = asWritten(tree);
  const parsed = schema.safeParse(plain);
  const ofKeys = known === undefined ? [] : keyProblems(tree, plain, known);
  if (!parsed.success) return wrong([...shapeProblems(parsed.error.issues, tree, plain), ...ofKeys]);
  if (ofKeys.length > 0) return wrong(ofKeys);
  const { keys = {}, screen_reader: screenReader, ...rest } = parsed.data;
  const lists = Object.entries(keys).map(([action, own]) => [action, typeof own === "string" ? [own] : own] as const);
  const config = { ...rest, keys: Object.fromEntries(lists), ...(screenReader !== undefined && { screenReader }) };
  return { ok: true, config };
}

function shapeProblems(issues: readonly z.core.$ZodIssue[], tree: Tree, plain: unknown): readonly Problem[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((name) => unknownSetting(name, tree));
    if (issue.path.length === 0) return { place: tree.place, message: `the settings must be ${issue.message}` };
    return problemsOf([issue], tree, plain);
  });
}

function unknownSetting(name: string, tree: Tree): Problem {
  const known = Object.keys(schema.shape);
  const remedy = didYouMean(name, known) ?? `The settings: ${known.join(", ")}.`;
  return { place: keyPlaceOf(tree, [name]), message: `"${name}" is no setting`, remedy };
}

function keyProblems(tree: Tree, plain: unknown, known: KeyWords): readonly Problem[] {
  const owners = new Map<string, string>();
  return keysIn(plain).flatMap(({ action, key: one, path }): readonly Problem[] => {
    if (!known.actions.includes(action)) {
      const remedy = didYouMean(action, known.actions) ?? "The help (?) names all of them.";
      return [{ place: keyPlaceOf(tree, ["keys", action]), message: `no action is called "${action}"`, remedy }];
    }
    const place = placeOf(tree, path);
    if (one === "ctrl-c" && action !== "stop") {
      return [{ place, message: '"ctrl-c" stops everything, whatever is open', remedy: "Choose another key." }];
    }
    if (!known.isKey(one)) {
      const remedy = "Write it like j, J, ctrl-d, alt-m, pageup or f5.";
      return [{ place, message: `"${one}" is no key`, remedy }];
    }
    const owner = owners.get(one);
    owners.set(one, owner ?? action);
    if (owner === undefined || owner === action) return [];
    return [{ place, message: `"${one}" is given to ${owner} already`, remedy: "Keep one of them." }];
  });
}

interface KeyOf {
  readonly action: string;
  readonly key: string;
  readonly path: Path;
}

function keysIn(plain: unknown): readonly KeyOf[] {
  const keys = (plain as { readonly keys?: unknown }).keys;
  if (typeof keys !== "object" || keys === null || Array.isArray(keys)) return [];
  return Object.entries(keys).flatMap(([action, own]): readonly KeyOf[] => {
    if (typeof own === "string") return [{ action, key: own, path: ["keys", action] }];
    if (!Array.isArray(own)) return [];
    return own.flatMap((one: unknown, index) =>
      typeof one === "string" ? [{ action, key: one, path: ["keys", action, index] }] : [],
    );
  });
}

/** As JSON would hold it, but keys that YAML reads as numbers as they are written: `1` is a key of the keyboard. */
function asWritten(tree: Tree, inKeys = false): unknown {
  switch (tree.kind) {
    case "scalar":
      return inKeys && typeof tree.value === "number" ? tree.source : tree.value;
    case "list":
      return tree.items.map((item) => asWritten(item, inKeys));
    case "map":
      return Object.fromEntries(
        [...tree.entries].map(([name, { value }]) => [name, asWritten(value, inKeys || name === "keys")]),
      );
  }
}
