// Draws the README's pictures: runs the examples for real, keeps what the terminal showed, and writes it as SVG.
// Needs Linux, a build, and `script` of util-linux, which gives the question a terminal. Pids, times and ports are those
// of this very run; only the user and the directory above the examples get other names.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drawTerminal } from "./terminal-picture.ts";

const root = join(import.meta.dirname, "..");
const images = join(root, "docs/images");
const launch = join(root, "bin/launch.js");
const scratch = await mkdtemp(join(tmpdir(), "launch-pictures-"));

/** Something to wait for in the output, and what is done when it has come. */
interface Cue {
  readonly words: RegExp;
  readonly act?: () => void | Promise<void>;
}

try {
  await mkdir(images, { recursive: true });
  await draw("start", await startOfTheDemo());
  await draw("conflict", await questionAboutAPort());
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function draw(name: string, output: string): Promise<void> {
  const shown = output.replaceAll(scratch, "/home/ada").replaceAll(`user ${userInfo().username}`, "user ada");
  await writeFile(join(images, `${name}.svg`), drawTerminal(`$ npx launch\n${shown}`));
  console.log(`docs/images/${name}.svg`);
}

/** The demo from its first line to the first row that its worker writes once everything is up. */
async function startOfTheDemo(): Promise<string> {
  const directory = join(scratch, "demo");
  await mkdir(directory);
  await cp(join(root, "services.yaml"), join(directory, "services.yaml"));
  await cp(join(root, "examples/demo"), join(directory, "examples/demo"), {
    recursive: true,
    filter: (path) => !path.endsWith("/.data") && !path.endsWith("/public/config.js"),
  });
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));

  const demo = spawn(process.execPath, [launch, "--color", "--non-interactive"], { cwd: directory });
  return follow(demo, [{ words: /all up after/ }, { words: /wrote row/, act: () => void demo.kill("SIGINT") }]);
}

/** The shop, while an old copy of it sits on its port: the question, and what comes of the first answer. */
async function questionAboutAPort(): Promise<string> {
  const [directory, old] = [join(scratch, "shop"), join(scratch, "old-shop")];
  await cp(join(root, "examples/shop"), directory, { recursive: true });
  await cp(join(root, "examples/shop"), old, { recursive: true });
  await writeFile(join(old, "stock.json"), "[]");
  const squatter = spawn("node", ["api.js"], { cwd: old, env: { ...process.env, PORT: "4100" } });
  try {
    await once(squatter.stdout, "data");
    const inTerminal = `stty -echoctl cols 200; exec '${process.execPath}' '${launch}' --color`;
    const env = { ...process.env, CI: "" };
    const shop = spawn("script", ["-qec", inTerminal, "/dev/null"], { cwd: directory, env });
    const answer = async (): Promise<void> => {
      await sleep(700); // what is typed in the first half second does not count
      shop.stdin.write("1\n");
    };
    return await follow(shop, [
      { words: /Your choice/, act: answer },
      { words: /ready after/, act: () => void shop.stdin.write("\u0003") },
    ]);
  } finally {
    squatter.kill();
    await once(squatter, "exit");
  }
}

/** What the child printed up to the line with the last cue; the last cue asks it to end, and it has ended after this. */
async function follow(child: ChildProcess, cues: readonly Cue[]): Promise<string> {
  const exit = once(child, "exit");
  let output = "";
  let seen = 0;
  const waiting = [...cues];
  child.stdout?.setEncoding("utf8");
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    for (let cue = waiting[0]; cue !== undefined; cue = waiting[0]) {
      const at = output.slice(seen).search(cue.words);
      if (at < 0) break;
      seen += at + 1;
      waiting.shift();
      await cue.act?.();
    }
  }
  await exit;
  if (waiting.length > 0) throw new Error(`it ended without saying ${String(waiting[0]?.words)}:\n${output}`);
  return output.slice(0, output.indexOf("\n", seen)).replaceAll("\r", "");
}
