// A real pseudo-terminal with an emulator behind it: what a person would see, cell by cell, and the keys and the mouse they
// would use. The emulator answers what a program asks of its terminal.

import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { type IPty, spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { bin } from "./launch.ts";
import { root, type TestProject } from "./project.ts";
import { until as untilTrue, within } from "./wait.ts";

/** A size in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What differs from a terminal of 120 by 40 in the project's directory. */
export interface Surroundings extends Partial<ScreenSize> {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What else is waited for at the end, when the program is gone. */
  readonly afterwards?: () => Promise<void>;
  /** True: the program finds a terminal that says it is 0 by 0, as some do until they are laid out. */
  readonly unsized?: boolean;
}

/** One cell as it is shown. */
export interface Cell {
  readonly text: string;
  /** 2 for a wide character, 0 for the cell behind it. */
  readonly width: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
  /** The palette's number, or undefined for the terminal's own. */
  readonly foreground: number | undefined;
  readonly background: number | undefined;
}

/** What a mouse does at a cell, counted from 0. */
export interface MouseMove {
  readonly kind: "press" | "release" | "drag" | "up" | "down";
  readonly x: number;
  readonly y: number;
  /** 0 left, 1 middle, 2 right. */
  readonly button?: number;
}

/** How the program ended. */
export interface ScreenEnd {
  readonly code: number;
  readonly signal: number;
}

/** A terminal with a program in it. Disposing closes the terminal and waits until the program is gone. */
export interface TestScreen extends AsyncDisposable {
  readonly pid: number;
  /** The rows that are seen, without spaces at their ends. */
  screen(): string;
  /** One row that is seen. */
  row(y: number): string;
  cell(x: number, y: number): Cell;
  /** Waits until the screen shows it; answers the screen. */
  until(what: string | RegExp): Promise<string>;
  /** Waits until the screen does not show it any more. */
  untilGone(what: string | RegExp): Promise<string>;
  type(keys: string): void;
  mouse(move: MouseMove): void;
  /** Presses and releases the left button. */
  click(x: number, y: number): void;
  /** Gives the terminal another size; with 0 by 0 it only says so, and goes on showing what it did. */
  resize(columns: number, rows: number): void;
  /** Every byte the program has written, as text. */
  raw(): string;
  /** Stops reading, as a frozen terminal does. */
  pause(): void;
  resume(): void;
  signal(signal: NodeJS.Signals): void;
  isAlternate(): boolean;
  /** False while the program hides the cursor. */
  isCursorShown(): boolean;
  /** How it ended, when everything it wrote has been taken in. */
  readonly ended: Promise<ScreenEnd>;
}

/** Starts the built `launch` with these arguments in a terminal; disposing waits for what it has started as well. */
export function startScreen(project: TestProject, args: readonly string[] = [], around: Surroundings = {}): TestScreen {
  return startInScreen([process.execPath, bin, ...args], {
    cwd: project.directory,
    // The engine stops the services after its terminal is gone; a project that keeps some says so itself.
    afterwards: () => untilTrue("the project to be quiet", () => project.processes().length === 0).catch(() => {}),
    ...around,
    env: { ...project.env, ...around.env },
  });
}

/** Starts any command in a terminal; `env` is its whole environment beside `TERM`. */
export function startInScreen(command: readonly string[], around: Surroundings = {}): TestScreen {
  const size = { cols: around.columns ?? 120, rows: around.rows ?? 40 };
  const term = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 5000 });
  // node-pty refuses such a size.
  const unsized = ["/bin/sh", "-c", 'stty columns 0 rows 0; exec "$@"', "sh"];
  const [file = "", ...args] = around.unsized === true ? [...unsized, ...command] : command;
  const pty: IPty = spawn(file, args, {
    ...size,
    cwd: around.cwd ?? root,
    env: { ...around.env },
    // It becomes `TERM`, whatever the environment says.
    name: around.env?.["TERM"] ?? "xterm-256color",
  });
  let raw = "";
  let isOver = false;
  pty.onData((data) => {
    raw += data;
    term.write(data);
  });
  term.onData((data) => {
    if (!isOver) pty.write(data);
  });
  const exited = new Promise<ScreenEnd>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      isOver = true;
      // What was written before the end is shown first.
      term.write("", () => resolve({ code: exitCode, signal: signal ?? 0 }));
    });
  });

  const row = (y: number): string => {
    const { active } = term.buffer;
    // Columns are said, for cells from before a shrinking stay behind the edge.
    return active.getLine(active.viewportY + y)?.translateToString(true, 0, term.cols) ?? "";
  };
  const screen = (): string => Array.from({ length: term.rows }, (_, y) => row(y)).join("\n");
  const context = (): string => `${screen()}\n--- last bytes: ${JSON.stringify(raw.slice(-300))}`;
  const shows = (what: string | RegExp): boolean =>
    typeof what === "string" ? screen().includes(what) : what.test(screen());
  const wait = async (words: string, condition: () => boolean): Promise<string> => {
    await untilTrue(words, () => condition() || isOver, context);
    if (!condition()) await exited;
    if (!condition()) throw new Error(`the program ended before: ${words}\n${context()}`);
    return screen();
  };
  const type = (keys: string): void => pty.write(keys);
  const mouse = ({ kind, x, y, button = 0 }: MouseMove): void => {
    const code = { press: button, release: button, drag: button + 32, up: 64, down: 65 }[kind];
    type(`\x1b[<${code};${x + 1};${y + 1}${kind === "release" ? "m" : "M"}`);
  };

  return {
    pid: pty.pid,
    screen,
    row,
    cell(x, y) {
      const { active } = term.buffer;
      const cell = active.getLine(active.viewportY + y)?.getCell(x);
      if (cell === undefined) throw new Error(`there is no cell ${x}, ${y}\n${screen()}`);
      return {
        text: cell.getChars(),
        width: cell.getWidth(),
        bold: cell.isBold() !== 0,
        dim: cell.isDim() !== 0,
        inverse: cell.isInverse() !== 0,
        underline: cell.isUnderline() !== 0,
        foreground: cell.isFgDefault() ? undefined : cell.getFgColor(),
        background: cell.isBgDefault() ? undefined : cell.getBgColor(),
      };
    },
    until: (what) => wait(`${String(what)} on the screen`, () => shows(what)),
    untilGone: (what) => wait(`${String(what)} to leave the screen`, () => !shows(what)),
    type,
    mouse,
    click(x, y) {
      mouse({ kind: "press", x, y });
      mouse({ kind: "release", x, y });
    },
    resize(columns, rows) {
      if (columns > 0 && rows > 0) {
        pty.resize(columns, rows);
        return term.resize(columns, rows);
      }
      const device = readlinkSync(`/proc/${pty.pid}/fd/0`);
      execFileSync("stty", ["-F", device, "columns", String(columns), "rows", String(rows)]);
    },
    raw: () => raw,
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    signal: (signal) => void (isOver || process.kill(pty.pid, signal)),
    isAlternate: () => term.buffer.active.type === "alternate",
    isCursorShown: () => /\x1b\[\?25[hl](?!.*\x1b\[\?25[hl])/s.exec(raw)?.[0] !== "\x1b[?25l",
    get ended() {
      return within("the end of the program in its terminal", exited, context);
    },
    async [Symbol.asyncDispose]() {
      if (!isOver) {
        pty.resume();
        // The window is closed: its programs get SIGHUP.
        pty.kill("SIGHUP");
      }
      await within("the end of the program in its terminal", exited, context).catch((error: unknown) => {
        pty.kill("SIGKILL");
        throw error;
      });
      await around.afterwards?.();
      term.dispose();
    },
  };
}

/** Where a fixture program for terminals lies. */
export function tuiFixture(name: string): string {
  return join(root, "test/fixtures/tui", name);
}
