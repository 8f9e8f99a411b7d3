import { describe, expect, test } from "vitest";
import { actionNames, rowOf } from "../../../../src/tui/model/actions.ts";
import { footer } from "../../../../src/tui/model/footer.ts";
import { helpLines } from "../../../../src/tui/model/help.ts";
import { checkKeys, isKey, keysOf, makeKeymap, showKey } from "../../../../src/tui/model/keymap.ts";
import { plain } from "../../../../src/tui/model/line.ts";
import { findActions } from "../../../../src/tui/model/palette.ts";

const builtIn = makeKeymap({});

describe("the keymap", () => {
  test("gives every key one meaning in a context", () => {
    for (const context of ["services", "logs", "text", "lines"] as const) {
      const keys = actionNames.flatMap((action) => rowOf(action).keys[context] ?? []);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    }
  });

  test("has only keys that can be written in a configuration", () => {
    const all = actionNames.flatMap((action) => Object.values(rowOf(action).keys).flat());
    expect(all.filter((key) => !isKey(key))).toEqual([]);
  });

  test("puts a person's keys in the place of the built-in ones", () => {
    const keymap = makeKeymap({ restart: ["F", "ctrl-r"] });
    expect(keysOf(keymap, "services", "restart")).toEqual(["F", "ctrl-r"]);
    expect(keymap.services.get("r")).toBeUndefined();
  });

  test("lets a chosen key win over its built-in meaning, and only where the action can be done", () => {
    const keymap = makeKeymap({ wrap: ["w"] });
    expect(keymap.logs.get("w")).toBe("wrap");
    expect(keymap.text.get("w")).toBe("why");
  });

  test("says what is wrong with a person's keys", () => {
    expect(checkKeys({ restrat: ["r"], restart: ["pgdown"], wrap: ["w"], why: ["w"] })).toEqual([
      'keys: there is no action "restrat". The help (?) lists all, by their names.',
      'keys: restart: "pgdown" is no key. Write it like j, J, ctrl-d, alt-m, pageup or f5.',
      'keys: "w" is given to both wrap and why.',
    ]);
  });

  test("shows keys as they are labelled", () => {
    expect(["j", "J", "enter", "pageup", "ctrl-c", "shift-tab", "-"].map(showKey)).toEqual([
      "j",
      "J",
      "Enter",
      "PgUp",
      "Ctrl-C",
      "Shift-Tab",
      "-",
    ]);
  });
});

describe("what is made from the keymap", () => {
  test("the footer names the keys that are in force", () => {
    expect(plain(footer(makeKeymap({ restart: ["F"] }), "services", 200).line)).toContain("F restart");
  });

  test("the footer always has help and the way out, and leaves the least important out first", () => {
    const narrow = plain(footer(builtIn, "services", 45).line).trim();
    expect(narrow).toBe("j/k service  r restart  ? help  q quit");
  });

  test("the footer's places are where its words stand", () => {
    const { line, places } = footer(builtIn, "services", 120);
    const restart = places.find(({ action }) => action === "restart");
    expect(plain(line).slice(restart?.from, restart?.to)).toBe("r restart");
  });

  test("the help has every action", () => {
    const text = helpLines(builtIn, 79).map(plain).join("\n");
    expect(actionNames.filter((action) => !text.includes(action))).toEqual([]);
  });

  test("the help says what actions do also where there is no room for their names", () => {
    const lines = helpLines(builtIn, 49).map(plain);
    const text = lines.join(" ").replaceAll(/\s+/g, " ");
    for (const { says } of actionNames.map(rowOf)) expect(text).toContain(says);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(49);
  });

  test("the help has columns where there is room, and every action's words in them", () => {
    const rows = helpLines(builtIn, 159).map(plain);
    expect(rows.length).toBeLessThan(40);
    expect(rows.every((row) => row.length <= 159)).toBe(true);
    expect(rows[0]).toMatch(/^Services {40,}\S.* {3,}\S/);
    const words = new Set(rows.join(" ").split(/\s+/));
    const missing = actionNames.flatMap((action) => rowOf(action).says.split(" ")).filter((word) => !words.has(word));
    expect(missing).toEqual([]);
  });

  test("the palette finds an action by letters of its name, the closest first", () => {
    expect(findActions("rest").slice(0, 2)).toEqual(["restart", "restart-with-dependents"]);
    expect(findActions("alllogs")[0]).toBe("merged");
    expect(findActions("zzzz")).toEqual([]);
  });
});
