// The help: every action with its keys, made from the keymap.

import { type Action, actionNames, rowOf, type ActionRow } from "./actions.ts";
import { fit, spread, wrapLine } from "./fit.ts";
import { type Keymap, keysOf, showKey } from "./keymap.ts";
import { type Line, span } from "./line.ts";

const groups: readonly ActionRow["group"][] = ["Services", "Views", "Logs", "Copy", "Dashboard"];

/** With fewer columns a part of the help is not read with ease. */
const leastColumn = 50;
const keysWidth = 16;
/** With fewer columns the actions' names would leave no room for what the actions do. */
const leastForNames = 70;

/** The help as lines for so many columns: side by side where there is room, else one below the other with the actions' names. */
export function helpLines(keymap: Keymap, columns: number): readonly Line[] {
  const count = Math.max(1, Math.floor(columns / leastColumn));
  const hasNames = count === 1 && columns >= leastForNames;
  const words = `In the table j and k choose a service; after Tab, or in the zoomed log, they scroll. \`keys\` in your own configuration calls an action by ${
    hasNames ? "the name in the second column" : "its name, which : shows"
  }. Dialogs say their keys themselves.`;
  const end = [[], ...wrapLine([span(words, "dim")], columns)];
  if (hasNames) return [...groups.flatMap((group) => [...named(keymap, group), []]).slice(0, -1), ...end];
  const width = Math.floor(columns / count);
  return [
    ...sideBySide(
      groups.map((group) => short(keymap, group, width - 2)),
      count,
      width,
    ),
    ...end,
  ];
}

/** A group, a line an action, with the name that a configuration calls it by. */
function named(keymap: Keymap, group: ActionRow["group"]): readonly Line[] {
  const lines = actionsOf(group).map((action): Line => [
    span("  "),
    span(fit(keyWords(keymap, action), 22), "accent"),
    span(` ${fit(action, 24)}`, "dim"),
    span(rowOf(action).says),
  ]);
  return [[span(group, "strong")], ...lines];
}

/** A group in so many columns. */
function short(keymap: Keymap, group: ActionRow["group"], columns: number): readonly Line[] {
  const lines = actionsOf(group).flatMap((action) =>
    wrapLine([span(`  ${fit(keyWords(keymap, action), keysWidth)} `, "accent"), span(rowOf(action).says)], columns),
  );
  return [[span(group, "strong")], ...lines, []];
}

/** Blocks of lines in columns of about the same height, read down one column after the other. */
function sideBySide(blocks: readonly (readonly Line[])[], count: number, width: number): readonly Line[] {
  const all = blocks.flat();
  const height = Math.ceil(all.length / count);
  const columns: Line[][] = [[]];
  for (const [at, line] of all.entries()) {
    const column = columns.at(-1) ?? [];
    const isHeading = line.length === 1 && at + 1 < all.length;
    // A heading stands above what it is of.
    const isFull = column.length >= height || (isHeading && column.length >= height - 1);
    if (isFull && columns.length < count) columns.push([line]);
    else column.push(line);
  }
  const rows = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: rows }, (_, row) =>
    columns.flatMap((column): Line => spread(column[row] ?? [], [], width)),
  );
}

function actionsOf(group: ActionRow["group"]): readonly Action[] {
  return actionNames.filter((action) => rowOf(action).group === group);
}

function keyWords(keymap: Keymap, action: Action): string {
  const keys = allKeys(keymap, action);
  return keys.length === 0 ? "(no key)" : keys.map(showKey).join(" ");
}

function allKeys(keymap: Keymap, action: Action): readonly string[] {
  const contexts = Object.keys(keymap) as (keyof Keymap)[];
  const keys = [...new Set(contexts.flatMap((context) => keysOf(keymap, context, action)))];
  return keys.length > 6 && keys.every((key) => /^\d$/.test(key)) ? [`${keys[0]}-${keys.at(-1)}`] : keys;
}
