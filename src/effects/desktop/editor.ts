// A file in the person's editor, or in a pager, in this terminal.

import { spawn } from "node:child_process";
import { baseName, type Environment, isThere, outside, splitWords, type Words } from "./program.ts";

/** Opens a file at a line and waits until the editor has ended; rejects with words when there is none or it fails. */
export async function editFile(path: string, line: number, env: Environment = process.env): Promise<void> {
  const [program, ...args] = editorFor(path, line, env);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, { env: outside(env), stdio: "inherit" });
    child.once("error", (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** The command that opens the file at the line: `$VISUAL`, `$EDITOR`, else a pager; throws when there is none of them. */
export function editorFor(path: string, line: number, env: Environment): Words {
  for (const name of ["VISUAL", "EDITOR"]) {
    const words = splitWords(env[name]);
    if (words === undefined) continue;
    // Said by the person, so it is this one or none.
    if (!isThere(words[0], env)) throw new Error(`${name} is ${words[0]}, which cannot be found`);
    return [...words, ...placeFor(baseName(words[0]), path, line)];
  }
  const pager = ["less", "more"].find((program) => isThere(program, env));
  if (pager === undefined) throw new Error(`no editor to be found: set VISUAL or EDITOR. The file is ${path}`);
  return pager === "less" ? ["less", "-R", `+${line}`, path] : [pager, `+${line}`, path];
}

/** How each kind of editor is told a file and a line. */
function placeFor(editor: string, path: string, line: number): readonly string[] {
  if (goto.has(editor)) return ["--goto", `${path}:${line}`];
  if (colon.has(editor)) return [`${path}:${line}`];
  if (dashed.has(editor)) return ["--line", String(line), path];
  if (plus.has(editor)) return [`+${line}`, path];
  return [path];
}

const goto = new Set(["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "positron"]);
const colon = new Set(["subl", "sublime_text", "zed", "zeditor", "hx", "helix"]);
const dashed = new Set([
  "idea",
  "webstorm",
  "pycharm",
  "goland",
  "phpstorm",
  "clion",
  "rubymine",
  "rider",
  "mate",
  "kate",
]);
const plus = new Set(
  "vi vim nvim view gvim mvim neovide elvis vis nano pico emacs emacsclient xemacs mg jove zile joe jmacs micro kak ne less more most gedit mcedit jed".split(
    " ",
  ),
);
