// Menus and questions: what a key does in them, how they are drawn, and the ones that need no more than words.

import { type Action, rowOf } from "./actions.ts";
import { type Keymap, keyOf, showKey } from "./keymap.ts";
import { type Line, span } from "./line.ts";
import { findActions, findServices } from "./palette.ts";
import { stateWord } from "./state-words.ts";
import type { Fleet } from "../../core/state.ts";
import { charactersOf, editField, newField } from "./text-field.ts";
import type { DialogPicture, Menu, MenuOption, Palette } from "./ui.ts";

/** What a key in a menu comes to: it stays, is left, or something is picked. */
export type MenuOutcome =
  | { readonly kind: "stay"; readonly dialog: Menu }
  | { readonly kind: "leave" }
  | { readonly kind: "pick"; readonly pick: () => void };

/** What a key does in a menu at this time. */
export function pressMenu(menu: Menu, key: string, now: number): MenuOutcome {
  // Whoever wants nothing done need not wait.
  if (key === "esc") return { kind: "leave" };
  if (now < menu.from && key !== "n") return { kind: "stay", dialog: menu };
  const last = menu.options.length - 1;
  const byKey = menu.options.find((option) => option.key === key);
  if (byKey !== undefined) return { kind: "pick", pick: byKey.pick };
  if (key === "up" || key === "k") return { kind: "stay", dialog: { ...menu, cursor: Math.max(0, menu.cursor - 1) } };
  if (key === "down" || key === "j") {
    return { kind: "stay", dialog: { ...menu, cursor: Math.min(last, menu.cursor + 1) } };
  }
  const chosen = menu.options[menu.cursor];
  if (key === "enter" && chosen !== undefined) return { kind: "pick", pick: chosen.pick };
  return { kind: "stay", dialog: menu };
}

/** A menu in lines. */
export function drawMenu({ title, lines, options, cursor }: Menu): DialogPicture {
  return {
    title,
    about: lines.map((line): Line => [span(`  ${line}`)]),
    options: options.map(({ key, text }, index): Line => [
      span(index === cursor ? "  > " : "    ", "strong"),
      span(showKey(key), "accent"),
      span(`  ${text}`, index === cursor ? "strong" : undefined),
    ]),
    cursor,
  };
}

/** A question that is answered by yes, in one way or another, or no; moving to the answer is left to the person. */
export function question(title: string, lines: readonly string[], yes: readonly MenuOption[], from: number): Menu {
  const no: MenuOption = { key: "n", text: "no", pick: () => {} };
  return { kind: "menu", title, lines, options: [...yes, no], cursor: yes.length, from };
}

/** Signals that a person may want to send, and what they usually do. */
export const signals: readonly {
  readonly key: string;
  readonly name: string;
  readonly says: string;
  readonly ends: boolean;
}[] = [
  { key: "1", name: "SIGHUP", says: "reload, or end", ends: false },
  { key: "2", name: "SIGINT", says: "as Ctrl-C in its terminal", ends: true },
  { key: "3", name: "SIGTERM", says: "end, please", ends: true },
  { key: "4", name: "SIGKILL", says: "end at once, without cleaning up", ends: true },
  { key: "5", name: "SIGQUIT", says: "end with a dump", ends: true },
  { key: "6", name: "SIGUSR1", says: "whatever the program makes of it; Node opens its debugger", ends: false },
  { key: "7", name: "SIGUSR2", says: "whatever the program makes of it", ends: false },
  { key: "8", name: "SIGSTOP", says: "halt", ends: false },
  { key: "9", name: "SIGCONT", says: "go on", ends: false },
];

/** A palette in which nothing was typed. */
export const newPalette: Palette = { kind: "palette", field: newField(), cursor: 0 };

/** What a key does in the palette. */
export function pressPalette(
  palette: Palette,
  key: string,
  services: readonly string[],
):
  | { readonly kind: "stay"; readonly dialog: Palette }
  | { readonly kind: "leave" }
  | { readonly kind: "pick"; readonly action: Action }
  | { readonly kind: "service"; readonly service: string } {
  const found = findAll(palette.field.text, services);
  switch (key) {
    case "esc":
      return { kind: "leave" };
    case "enter": {
      const chosen = found[palette.cursor];
      if (chosen === undefined) return { kind: "stay", dialog: palette };
      return "action" in chosen ? { kind: "pick", ...chosen } : { kind: "service", ...chosen };
    }
    case "up":
      return { kind: "stay", dialog: { ...palette, cursor: Math.max(0, palette.cursor - 1) } };
    case "down":
    case "tab":
      return { kind: "stay", dialog: { ...palette, cursor: Math.min(found.length - 1, palette.cursor + 1) } };
    case "backspace":
      if (palette.field.text === "") return { kind: "leave" };
      break;
  }
  const field = editField(palette.field, key);
  return { kind: "stay", dialog: field === palette.field ? palette : { ...palette, field, cursor: 0 } };
}

const paletteRows = 8;

/** What the palette finds: services, of which one knows the name, before actions. */
function findAll(
  text: string,
  services: readonly string[],
): readonly ({ readonly action: Action } | { readonly service: string })[] {
  return [
    ...findServices(services, text).map((service) => ({ service })),
    ...findActions(text).map((action) => ({ action })),
  ];
}

/** The palette in lines. */
export function drawPalette(palette: Palette, keymap: Keymap, members: Fleet["members"]): DialogPicture {
  const found = findAll(palette.field.text, Object.keys(members));
  const from = Math.max(0, Math.min(palette.cursor - paletteRows + 1, found.length - paletteRows));
  return {
    title: "Actions and services",
    about: [],
    cursor: palette.cursor - from + 1,
    options: [
      fieldLine(":", palette.field),
      ...(found.length === 0 ? [[span("    no action and no service is called so", "dim")]] : []),
      ...found.slice(from, from + paletteRows).map((one, index): Line => {
        const isChosen = from + index === palette.cursor;
        const start = span(isChosen ? "  > " : "    ", "strong");
        const tone = isChosen ? "strong" : undefined;
        if ("service" in one) {
          const member = members[one.service];
          const state = member === undefined ? [] : [span("  "), stateWord(member)];
          return [start, span("service  ", "dim"), span(one.service, tone), ...state];
        }
        const { action } = one;
        const key = keyOf(keymap, action);
        return [
          start,
          span(action.padEnd(24), tone),
          span((key === undefined ? "" : showKey(key)).padEnd(9), "accent"),
          span(rowOf(action).says, "dim"),
        ];
      }),
    ],
  };
}

/** A text field as a line, with its cursor. */
export function fieldLine(label: string, field: { readonly text: string; readonly cursor: number }): Line {
  const characters = charactersOf(field.text);
  return [
    span(` ${label} `, "accent"),
    span(characters.slice(0, field.cursor).join("")),
    span(characters[field.cursor] ?? " ", "chosen"),
    span(characters.slice(field.cursor + 1).join("")),
  ];
}
