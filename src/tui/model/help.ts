// The help: every action with its keys, made from the keymap.

import { actionNames, rowOf, type ActionRow } from "./actions.ts";
import { fit } from "./fit.ts";
import { type Keymap, keysOf, showKey } from "./keymap.ts";
import { type Line, span } from "./line.ts";

const groups: readonly ActionRow["group"][] = ["Services", "Views", "Logs", "Copy", "Dashboard"];

/** The help as lines. */
export function helpLines(keymap: Keymap): readonly Line[] {
  const lines = groups.flatMap((group): readonly Line[] => [
    [span(group, "strong")],
    ...actionNames
      .filter((action) => rowOf(action).group === group)
      .map((action): Line => {
        const keys = allKeys(keymap, action);
        return [
          span("  "),
          span(fit(keys.length === 0 ? "(no key)" : keys.map(showKey).join(" "), 22), "accent"),
          span(` ${fit(action, 24)}`, "dim"),
          span(rowOf(action).says),
        ];
      }),
    [],
  ]);
  return [
    ...lines,
    [
      span(
        "In the table j and k choose a service; after Tab, or in the zoomed log, they scroll. The second column is the name that",
        "dim",
      ),
    ],
    [span("`keys` in your own configuration calls an action by. Dialogs say their keys themselves.", "dim")],
  ];
}

function allKeys(keymap: Keymap, action: (typeof actionNames)[number]): readonly string[] {
  const contexts = Object.keys(keymap) as (keyof Keymap)[];
  const keys = [...new Set(contexts.flatMap((context) => keysOf(keymap, context, action)))];
  return keys.length > 6 && keys.every((key) => /^\d$/.test(key)) ? [`${keys[0]}-${keys.at(-1)}`] : keys;
}
