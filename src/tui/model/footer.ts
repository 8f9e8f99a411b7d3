// The last line: the keys that matter here, as many as fit, each of them a place to click.

import { type Action, type Context, rowOf } from "./actions.ts";
import { widthOf } from "./fit.ts";
import { type Keymap, keysOf, showKey } from "./keymap.ts";
import { type Line, type Span, span } from "./line.ts";
import type { Dialog } from "./ui.ts";

/** The line, and which columns of it do what. */
export interface Footer {
  readonly line: Line;
  readonly places: readonly { readonly from: number; readonly to: number; readonly action: Action }[];
}

/** What matters most in each context, most important first; the order shown is this one. */
const shown: Readonly<Record<Context, readonly (readonly Action[])[]>> = {
  services: [
    ["next-service", "previous-service"],
    ["restart"],
    ["toggle"],
    ["zoom"],
    ["why"],
    ["search"],
    ["filter"],
    ["merged"],
    ["copy"],
    ["stream"],
    ["next-trouble"],
    ["filter-services"],
    ["attach"],
    ["journal"],
    ["tree"],
  ],
  logs: [
    ["line-down", "line-up"],
    ["follow"],
    ["search"],
    ["next-match", "previous-match"],
    ["filter"],
    ["level"],
    ["select-lines"],
    ["copy"],
    ["stream"],
    ["zoom"],
    ["switch-pane"],
    ["merged"],
    ["wrap"],
  ],
  text: [["back"], ["line-down", "line-up"], ["restart"], ["toggle"], ["copy"]],
  lines: [["line-down", "line-up"], ["copy"], ["back"]],
};
const always: readonly (readonly Action[])[] = [["help"], ["quit"]];

/** The footer of a context in so many columns. */
export function footer(keymap: Keymap, context: Context, columns: number): Footer {
  const ends = always.flatMap((actions) => hint(keymap, context, actions));
  const room = columns - 1 - ends.reduce((sum, one) => sum + one.width + 2, 0);
  let used = 0;
  const firsts = shown[context]
    .flatMap((actions) => hint(keymap, context, actions))
    .filter((one) => {
      // Once something does not fit, nothing less important is shown in its place.
      used += one.width + 2;
      return used <= room;
    });
  const line: Span[] = [span(" ")];
  const places: { from: number; to: number; action: Action }[] = [];
  let at = 1;
  for (const one of [...firsts, ...ends]) {
    line.push(span(one.key, "strong"), span(` ${one.text}`, "dim"), span("  "));
    places.push({ from: at, to: at + one.width, action: one.action });
    at += one.width + 2;
  }
  return { line, places };
}

/** The footer under a dialog: what the keys do in it, and the one that means the same everywhere. */
export function dialogFooter(dialog: Dialog, columns: number): Line {
  const last = ["Ctrl-C", rowOf("stop").hint] as const;
  let used = 1 + widthOf(last.join(" "));
  const hints = dialog.kind === "conflicts" && dialog.sure !== undefined ? sureKeys : dialogKeys[dialog.kind];
  const firsts = hints.filter((hint) => (used += widthOf(hint.join(" ")) + 2) <= columns);
  const keys = [...firsts, last];
  return [span(" "), ...keys.flatMap(([key, text]) => [span(key, "strong"), span(` ${text}`, "dim"), span("  ")])];
}

/** Under the question that comes before a holder is stopped, nothing is marked. */
const sureKeys: readonly (readonly [string, string])[] = [
  ["y", "stop it"],
  ["n/Esc", "choose again"],
];

const dialogKeys: Readonly<Record<Dialog["kind"], readonly (readonly [string, string])[]>> = {
  conflicts: [
    ["j/k", "move"],
    ["Enter", "as marked"],
    ["Esc", "later"],
  ],
  menu: [
    ["j/k", "move"],
    ["Enter", "as marked"],
    ["Esc", "leave"],
  ],
  palette: [
    ["Up/Down", "move"],
    ["Enter", "do it"],
    ["Esc", "leave"],
  ],
};

interface Hint {
  readonly action: Action;
  readonly key: string;
  readonly text: string;
  readonly width: number;
}

function hint(keymap: Keymap, context: Context, actions: readonly Action[]): readonly Hint[] {
  const [first] = actions;
  if (first === undefined) return [];
  const keys = actions.flatMap((action) => keysOf(keymap, context, action).slice(0, 1));
  if (keys.length === 0) return [];
  const key = keys.map(showKey).join("/");
  const text = rowOf(first).hint;
  return [{ action: first, key, text, width: widthOf(key) + 1 + widthOf(text) }];
}
