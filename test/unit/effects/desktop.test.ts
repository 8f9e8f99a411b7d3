import { describe, expect, it } from "vitest";
import { editorFor } from "../../../src/effects/desktop/editor.ts";
import { outside, splitWords } from "../../../src/effects/desktop/program.ts";

describe("a command line in a variable", () => {
  it.each<readonly [string | undefined, readonly string[] | undefined]>([
    ["vim", ["vim"]],
    ["  code   --wait ", ["code", "--wait"]],
    [`"/opt/My Editor/bin" -f`, ["/opt/My Editor/bin", "-f"]],
    [`'/opt/My Editor/bin' --title='a "b"'`, ["/opt/My Editor/bin", '--title=a "b"']],
    [String.raw`/opt/My\ Editor "a \"b\" \n"`, ["/opt/My Editor", String.raw`a "b" \n`]],
    [`emacsclient -a ''`, ["emacsclient", "-a", ""]],
    ["$(rm) | x;", ["$(rm)", "|", "x;"]],
    ["", undefined],
    ["  ", undefined],
    [undefined, undefined],
  ])("%s is split as a shell would", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});

it("what outlives us does not know launch's own names", () => {
  expect(outside({ LAUNCH_RUN: "x", LAUNCH_ROOT: "y", HOME: "/h", NOTHING: undefined })).toEqual({ HOME: "/h" });
});

describe("a file at a line", () => {
  const node = process.execPath;
  it.each([
    [{ VISUAL: `${node} --x`, EDITOR: "vi" }, [node, "--x", "/f"]],
    [{ VISUAL: "", EDITOR: node }, [node, "/f"]],
  ])("with %j", (env, words) => {
    expect(editorFor("/f", 7, env)).toEqual(words);
  });

  it("says which editor is not there", () => {
    expect(() => editorFor("/f", 7, { EDITOR: "no-such-editor -x", PATH: "/nowhere" })).toThrow(
      "EDITOR is no-such-editor, which cannot be found",
    );
    expect(() => editorFor("/f", 7, { PATH: "/nowhere" })).toThrow("no editor to be found: set VISUAL or EDITOR");
  });
});
