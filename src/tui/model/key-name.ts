// One key under the name that keymaps use, made from what Ink says about it.

import type { Key } from "ink";

/** `j`, `J`, `ctrl-c`, `alt-m`, `shift-tab`, `pageup`, `space`; undefined for what is no key. */
export function keyName(input: string, key: Key): string | undefined {
  const special = specialName(key);
  if (special !== undefined) {
    return `${key.ctrl ? "ctrl-" : ""}${key.meta && special !== "esc" ? "alt-" : ""}${key.shift ? "shift-" : ""}${special}`;
  }
  if (input === "") return undefined;
  const base = input === " " ? "space" : input;
  if (key.ctrl) return `ctrl-${key.meta ? "alt-" : ""}${base.toLowerCase()}`;
  return key.meta ? `alt-${base}` : base;
}

function specialName(key: Key): string | undefined {
  if (key.escape) return "esc";
  if (key.return) return "enter";
  if (key.tab) return "tab";
  if (key.upArrow) return "up";
  if (key.downArrow) return "down";
  if (key.leftArrow) return "left";
  if (key.rightArrow) return "right";
  if (key.pageUp) return "pageup";
  if (key.pageDown) return "pagedown";
  if (key.home) return "home";
  if (key.end) return "end";
  if (key.backspace) return "backspace";
  if (key.delete) return "delete";
  return undefined;
}
