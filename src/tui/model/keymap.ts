// Which key does what where: the built-in keys, and over them what a person has chosen.

import { isCharacter } from "./text-field.ts";
import { type Action, actionNames, type Context, rowOf } from "./actions.ts";

/** Keys to actions, for each context. */
export type Keymap = Readonly<Record<Context, ReadonlyMap<string, Action>>>;

const contexts: readonly Context[] = ["services", "logs", "text", "lines"];
const named = new Set(
  [
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pageup",
    "pagedown",
    "enter",
    "esc",
    "tab",
    "space",
    "backspace",
    "delete",
    "insert",
  ].concat(Array.from({ length: 12 }, (_, index) => `f${index + 1}`)),
);

/** The keymap with a person's keys over the built-in ones: an action that is named there has those keys and no others. */
export function makeKeymap(overrides: Readonly<Record<string, readonly string[]>>): Keymap {
  const mapOf = (context: Context): ReadonlyMap<string, Action> => {
    const map = new Map<string, Action>();
    for (const action of actionNames) {
      const builtIn = rowOf(action).keys[context];
      if (builtIn === undefined || overrides[action] !== undefined) continue;
      for (const key of builtIn) map.set(key, action);
    }
    // Last, so that a chosen key wins over the built-in meaning it had.
    for (const action of actionNames) {
      if (rowOf(action).keys[context] === undefined) continue;
      for (const key of overrides[action] ?? []) map.set(key, action);
    }
    return map;
  };
  return { services: mapOf("services"), logs: mapOf("logs"), text: mapOf("text"), lines: mapOf("lines") };
}

/** What is wrong with a person's keys, one sentence each. */
export function checkKeys(overrides: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const problems: string[] = [];
  const owners = new Map<string, string>();
  for (const [action, keys] of Object.entries(overrides)) {
    if (!actionNames.some((name) => name === action)) {
      problems.push(`keys: there is no action "${action}". The help (?) lists all, by their names.`);
      continue;
    }
    for (const key of keys) {
      if (!isKey(key)) {
        problems.push(`keys: ${action}: "${key}" is no key. Write it like j, J, ctrl-d, alt-m, pageup or f5.`);
      }
      const owner = owners.get(key);
      if (owner !== undefined) problems.push(`keys: "${key}" is given to both ${owner} and ${action}.`);
      owners.set(key, action);
    }
  }
  return problems;
}

/** True for one character, or a key's name, with or without `ctrl-`, `alt-` and `shift-` in front. */
export function isKey(key: string): boolean {
  const bare = key.replace(/^(ctrl-)?(alt-)?(shift-)?(?=.)/u, "");
  return named.has(bare) || isCharacter(bare);
}

/** The footer asks for them in every picture. */
const keysByAction = new WeakMap<ReadonlyMap<string, Action>, Map<Action, readonly string[]>>();

/** The keys of an action in a context, the first being the one to show. */
export function keysOf(keymap: Keymap, context: Context, action: Action): readonly string[] {
  const map = keymap[context];
  const known = keysByAction.get(map) ?? new Map<Action, readonly string[]>();
  if (known.size === 0) {
    for (const [key, bound] of map) known.set(bound, [...(known.get(bound) ?? []), key]);
    keysByAction.set(map, known);
  }
  return known.get(action) ?? [];
}

/** The first key of an action in whatever context has one. */
export function keyOf(keymap: Keymap, action: Action): string | undefined {
  return contexts.flatMap((context) => keysOf(keymap, context, action))[0];
}

/** A key as it is shown: `Enter`, `Ctrl-C`, `j`. */
export function showKey(key: string): string {
  if (isCharacter(key)) return key;
  const names: Readonly<Record<string, string>> = { pageup: "PgUp", pagedown: "PgDn" };
  return key
    .split(/-(?=.)/)
    .map(
      (part, index, all) =>
        names[part] ?? (part.length === 1 && all[0] === "alt" ? part : part.charAt(0).toUpperCase() + part.slice(1)),
    )
    .join("-");
}
