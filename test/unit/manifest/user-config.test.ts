import { describe, expect, it } from "vitest";
import { renderProblem } from "../../../src/manifest/problem.ts";
import { parseUserConfig } from "../../../src/manifest/user-config.ts";

const known = {
  actions: ["restart", "stop", "search", "quit"],
  isKey: (key: string): boolean => key.length === 1 || key === "ctrl-d" || key === "f5",
};

/** Everything that is wrong with the text, as it is printed. */
function told(text: string): string {
  const result = parseUserConfig(text, "/home/ann/.config/launch/config.yaml", known);
  return result.ok
    ? ""
    : result.problems.map((problem) => renderProblem(problem, "/home/ann/.config/launch")).join("\n");
}

describe("a person's settings", () => {
  it("are read with one key or several for an action", () => {
    const text = "keys: { restart: R, stop: [x, ctrl-d], quit: 1, search: [] }\nmouse: false\nscreen_reader: true\n";
    expect(parseUserConfig(text, "/c", known)).toEqual({
      ok: true,
      config: {
        keys: { restart: ["R"], stop: ["x", "ctrl-d"], quit: ["1"], search: [] },
        mouse: false,
        screenReader: true,
      },
    });
  });

  it.each(["", "# nothing yet\n", "---\n", "null\n"])("may be none: %j", (text) => {
    expect(parseUserConfig(text, "/c", known)).toEqual({ ok: true, config: { keys: {} } });
  });

  it("are told with all that is wrong, each with its place", () => {
    expect(
      told(`mose: true
ascii: "yes"
keys:
  restrat: r
  stop: [x, ctl-d]
  quit: x
  search: { a: b }
`),
    ).toBe(`config.yaml:1:1 "mose" is no setting
  mose: true
  ^
  Did you mean "mouse"?
config.yaml:2:8 ascii must be true or false, not "yes"
  ascii: "yes"
         ^
config.yaml:4:3 no action is called "restrat"
    restrat: r
    ^
  Did you mean "restart"?
config.yaml:5:13 "ctl-d" is no key
    stop: [x, ctl-d]
              ^
  Write it like j, J, ctrl-d, alt-m, pageup or f5.
config.yaml:6:9 "x" is given to stop already
    quit: x
          ^
  Keep one of them.
config.yaml:7:11 keys.search must be a key such as j, J, ctrl-d, alt-m, pageup or f5, or a list of keys, not a map
    search: { a: b }
            ^`);
  });

  it.each([
    ["[a]", "config.yaml:1:1 the settings must be a map, such as `mouse: false`"],
    ["just text", "config.yaml:1:1 the settings must be a map, such as `mouse: false`"],
    ["keys: [a]", "config.yaml:1:7 keys must be a map of actions to keys, not a list"],
    ["keys: null", "config.yaml:1:7 keys must be a map of actions to keys, not empty"],
    ["mouse: 1", "config.yaml:1:8 mouse must be true or false, not 1"],
    ["keys: { restart: ctrl-c }", 'config.yaml:1:18 "ctrl-c" stops everything, whatever is open'],
    ["mouse: true\nmouse: false", `config.yaml:2:1 "mouse" is given twice, first in line 1`],
    ["mouse: [", "config.yaml:1:8 this [ is never closed"],
  ])("say what is wrong with %j", (text, words) => {
    expect(told(text).split("\n")[0]).toBe(words);
  });

  it.each([
    ["mose: true", 'Did you mean "mouse"?'],
    ["zzzzzzzz: true", "The settings: "],
    ["keys: { restrat: r }", 'Did you mean "restart"?'],
    ["keys: { zzzzzzzz: r }", "The help (?) names all of them."],
    ["keys: { restart: ctrl-c }", "Choose another key."],
    ["keys: { restart: ctl-d }", "Write it like j, J, ctrl-d, alt-m, pageup or f5."],
    ["keys: { restart: x, stop: x }", "Keep one of them."],
  ])("say what to do about %j", (text, remedy) => {
    expect(told(text).split("\n").at(-1)?.trim()).toContain(remedy);
  });

  it.each(["keys: { restart: [x, x] }", "keys: { restart: x, stop: [] }", "keys: { stop: ctrl-c }"])(
    "are right with %j, if ctrl-c is a key",
    (text) => {
      const isKey = (key: string): boolean => key.length === 1 || key === "ctrl-c";
      expect(parseUserConfig(text, "/c", { ...known, isKey })).toMatchObject({ ok: true });
    },
  );

  it("are not judged by words that nobody gave", () => {
    expect(parseUserConfig("keys: { any: thing }", "/c")).toMatchObject({ ok: true });
  });
});
