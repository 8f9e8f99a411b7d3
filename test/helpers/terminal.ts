// The built command in a terminal, as a person meets it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { bin, type Around } from "./launch.ts";
import type { TestProject } from "./project.ts";
import { until, within } from "./wait.ts";

/** A person's terminal with `launch` in it. */
export interface Terminal extends AsyncDisposable {
  /** Everything shown so far, without colours. */
  shown(): string;
  /** Everything shown so far, as it came. */
  raw(): string;
  /** Waits for text that has been shown after the last one that was waited for. */
  sees(text: string): Promise<void>;
  /** Waits until the question has stood long enough to be answered. */
  asked(): Promise<void>;
  type(keys: string): void;
  /** The window is closed. */
  close(): void;
  readonly ended: Promise<number>;
}

/** What Ctrl-C types. */
export const ctrlC = "\u0003";

/** Starts `launch` with these arguments in a terminal of 120 by 40; plain lines unless they say otherwise. */
export function startTerminal(
  project: TestProject,
  args: readonly string[] = ["--plain"],
  around: Around = {},
): Terminal {
  // Python itself runs in the tests' environment, which it may need to be found.
  const env = Object.entries({ ...project.env, TERM: "xterm-256color", ...around.env });
  const command = ["env", "-i", ...env.map(([name, value]) => `${name}=${value}`), process.execPath, bin, ...args];
  const child = spawn("python3", [join(import.meta.dirname, "terminal.py"), ...command], {
    cwd: around.cwd ?? project.directory,
    stdio: ["pipe", "pipe", "inherit"],
  });
  let raw = "";
  child.stdout.on("data", (data) => (raw += data));
  child.stdin.on("error", () => {});
  const closed = once(child, "close").then(([code]) => code as number);
  let isOver = false;
  void closed.then(() => (isOver = true));
  const shown = (): string => stripVTControlCharacters(raw).replaceAll("\r\n", "\n");
  let read = 0;

  const sees = async (text: string): Promise<void> => {
    const at = (): number => shown().indexOf(text, read);
    await until(`${text} in the terminal`, () => at() >= 0 || isOver, shown);
    if (at() < 0) throw new Error(`launch ended without showing ${text}:\n${shown()}`);
    read = at() + text.length;
  };

  return {
    shown,
    raw: () => raw,
    sees,
    async asked() {
      await sees("Your choice");
      // Keys that come within half a second are taken as meant for something else; a busy machine gets some more.
      await new Promise((resolve) => setTimeout(resolve, 1200));
    },
    type: (keys) => void child.stdin.write(keys),
    close: () => void child.stdin.end(),
    get ended() {
      return within("the end of launch in its terminal", closed, shown);
    },
    // A closed window ends launch, and launch what it has started; a test that failed should not be told otherwise.
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await within("the end of the terminal", closed, shown);
    },
  };
}
