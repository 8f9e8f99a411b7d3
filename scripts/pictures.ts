// Draws the pictures of README and docs: runs the examples for real in a terminal, and writes what it shows as SVG.
// Needs Linux and a build. Pids, times and ports are those of this very run; only the user and the directory above the
// examples get other names.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bin } from "../test/helpers/launch.ts";
import { startInScreen, type TestScreen } from "../test/helpers/screen.ts";
import { type Cell, drawTerminal } from "./terminal-picture.ts";

const root = join(import.meta.dirname, "..");
const images = join(root, "docs/images");
const home = "/home/ada";
const plain = { bold: false, dim: false, inverse: false, underline: false, foreground: undefined };
const scratch = await mkdtemp(join(tmpdir(), "x"));

const pictures: Readonly<Record<string, () => Promise<void>>> = {
  dashboard,
  "conflict-dialog": conflictDialog,
  why,
  start,
  conflict,
};
const [, , ...named] = process.argv;
try {
  await mkdir(images, { recursive: true });
  for (const [name, make] of Object.entries(pictures)) if (named.length === 0 || named.includes(name)) await make();
} finally {
  await rm(scratch, { recursive: true, force: true });
}

/** The market while one of its services is starting and another one is about to be restarted, with a search in all logs. */
async function dashboard(): Promise<void> {
  const cwd = await copyOf("scripts/market", "market");
  await using _squatter = await startSquatter(cwd, ["service.js", "cache"], "7379");
  await using screen = startTerminal(cwd, ["--on-conflict", "next"], { columns: 120, rows: 32 });
  await untilRows(screen, /worker +backoff/, /api +ready/, /7379.7380/, /web +starting/);
  screen.type("m");
  // Long enough for what is used to be that of a service which runs rather than starts.
  await untilRows(screen, /api +ready .* [4-9]s/);
  screen.type("/timeout\r4");
  await untilRows(screen, /timeout \d+ of [4-9]/, /^ > api/m);
  screen.type("NNN");
  await untilRows(screen, /timeout [1-9] of \d/, /\+\d+ new/);
  await draw("dashboard", screen, { columns: 120, rows: 32 });
  await endByCtrlC(screen);
}

/** The shop, while an old copy of it sits on its port. */
async function conflictDialog(): Promise<void> {
  const [cwd, old] = [await copyOf("examples/shop", "shop"), await copyOf("examples/shop", "old-shop")];
  await writeFile(join(old, "stock.json"), "[]");
  await using _squatter = await startSquatter(old, ["api.js"], "4100");
  await using screen = startTerminal(cwd, [], { columns: 110, rows: 22 });
  await untilRows(screen, /Port 4100 is taken/, /seed +completed/, /api +blocked/, /articles in stock/);
  await draw("conflict-dialog", screen, { columns: 110, rows: 22 });
  await endByCtrlC(screen);
}

/** The market with a broken migration, and why its page is not there. */
async function why(): Promise<void> {
  const cwd = await copyOf("scripts/market", "broken-market");
  await using screen = startTerminal(cwd, [], { columns: 110, rows: 24 }, { BROKEN: "1" });
  await untilRows(screen, /migrate +failed/, /cache +ready/);
  screen.type("6w");
  await untilRows(screen, /\[ why web \][^]*manifest .*services\.yaml:\d+/);
  await draw("why", screen, { columns: 110, rows: 24 });
  await endByCtrlC(screen);
}

/** The demo in plain lines, from the first one to the first row that its worker writes once everything is up. */
async function start(): Promise<void> {
  const cwd = await copyOf("services.yaml", "demo/services.yaml").then(dirname);
  await copyOf("examples/demo", "demo/examples/demo");
  await symlink(join(root, "node_modules"), join(cwd, "node_modules"));
  await using screen = startTerminal(cwd, ["--plain"], { columns: 200, rows: 60 });
  await untilRows(screen, /all up after[^]*wrote row/);
  await drawPlain("start", screen, /wrote row/);
  await endByCtrlC(screen);
}

/** The question about a port in plain lines, and what comes of the first answer. */
async function conflict(): Promise<void> {
  const [cwd, old] = [await copyOf("examples/shop", "shop"), await copyOf("examples/shop", "old-shop")];
  await writeFile(join(old, "stock.json"), "[]");
  await using _squatter = await startSquatter(old, ["api.js"], "4100");
  await using screen = startTerminal(cwd, ["--plain"], { columns: 200, rows: 60 });
  await untilRows(screen, /Your choice/);
  // What is typed in the first half second does not count.
  await sleep(700);
  screen.type("1\r");
  await untilRows(screen, /api .*ready after/);
  await drawPlain("conflict", screen, /api .*ready after/);
  await endByCtrlC(screen);
}

/** A copy of an example under the scratch directory, as it is in a fresh checkout. */
async function copyOf(from: string, to: string): Promise<string> {
  const directory = join(scratch, to);
  await rm(directory, { recursive: true, force: true });
  await cp(join(root, from), directory, {
    recursive: true,
    filter: (path) => !/\/(?:\.data|\.launch|stock\.json|public\/config\.js)$/.test(path),
  });
  return directory;
}

function startTerminal(
  cwd: string,
  args: readonly string[],
  size: { readonly columns: number; readonly rows: number },
  env: Readonly<Record<string, string>> = {},
): TestScreen {
  const path = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  return startInScreen([process.execPath, bin, ...args], {
    cwd,
    ...size,
    env: { HOME: scratch, LANG: "C.UTF-8", PATH: path, ...env },
  });
}

/** Somebody else on a port. */
async function startSquatter(cwd: string, args: readonly string[], port: string): Promise<AsyncDisposable> {
  const path = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  const child = spawn("node", args, { cwd, env: { ...process.env, PATH: path, PORT: port } });
  await once(child.stdout, "data");
  return {
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "exit");
    },
  };
}

async function untilRows(screen: TestScreen, ...what: readonly RegExp[]): Promise<void> {
  for (const each of what) await screen.until(each);
}

async function endByCtrlC(screen: TestScreen): Promise<void> {
  screen.type("\u0003");
  await screen.ended;
}

async function draw(
  name: string,
  screen: TestScreen,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Promise<void> {
  const cells = Array.from({ length: rows }, (_, y) => rowOf(screen, y, columns));
  await write(name, drawTerminal(cells, columns));
}

/** The rows from the first to the one that says the last word, under the command that was typed. */
async function drawPlain(name: string, screen: TestScreen, last: RegExp): Promise<void> {
  const rows = screen.screen().split("\n");
  const end = rows.findLastIndex((row) => last.test(row));
  const cells = rows.slice(0, end + 1).map((row, y) => rowOf(screen, y, row.length));
  const command: readonly Cell[] = Array.from("$ npx launch --plain", (text) => ({ ...plain, text, width: 1 }));
  await write(name, drawTerminal([command, ...cells]));
}

/** A row without anything of this machine; what is shorter by that is filled up at its end. */
function rowOf(screen: TestScreen, y: number, columns: number): readonly Cell[] {
  let cells = Array.from({ length: columns }, (_, x): Cell => screen.cell(x, y));
  for (const [personal, name] of [
    [scratch, home],
    [`user ${userInfo().username}`, "user ada"],
  ] as const) {
    for (let at = indexOf(cells, personal); at >= 0; at = indexOf(cells, personal)) {
      const look = cells[at] ?? { ...plain };
      const instead = Array.from(name, (text) => ({ ...look, text, width: 1 }));
      cells = [...cells.slice(0, at), ...instead, ...cells.slice(at + personal.length)];
    }
  }
  return cells;
}

function indexOf(cells: readonly Cell[], text: string): number {
  const letters = Array.from(text);
  return cells.findIndex((_, at) => letters.every((letter, index) => cells[at + index]?.text === letter));
}

async function write(name: string, svg: string): Promise<void> {
  await writeFile(join(images, `${name}.svg`), svg);
  console.log(`docs/images/${name}.svg`);
}
