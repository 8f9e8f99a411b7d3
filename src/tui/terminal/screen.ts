// The picture on the terminal. Ink draws the chrome, whole frames, into `stdout`, a stream that only looks like a terminal's; rows
// that change often are asked for when a picture is made and stand between those of Ink, which never sees them. What differs from
// the picture before is written, row by row at fixed places, one write at a time: while the terminal is slow, pictures are left out
// and the latest wins.
//
//   const screen = newScreen(terminal);
//   screen.firstFrame(["launch  shop"]);                              // before Ink is there
//   render(<App />, { stdout: screen.stdout, stdin: keys.stdin, debug: true, interactive: true, … });
//   screen.showRegions(() => [{ top: 8, height: 20, rows }]);          // called for every picture
//   screen.touch();                                                   // new lines: painted within 50 ms

import { EventEmitter } from "node:events";
import { clip } from "../text/clip.ts";
import type { Size, Terminal } from "./tty.ts";

/** Rows of the screen from `top` on that are none of the chrome's; where there are fewer than `height`, the others are empty. */
export interface Region {
  readonly top: number;
  readonly height: number;
  readonly rows: readonly string[];
}

/** What painting has cost so far. */
export interface Figures {
  readonly frames: number;
  readonly bytes: number;
}

/** The picture. Nothing is written before `release()`. */
export interface Screen extends Disposable {
  /** What Ink renders to, with `debug: true`. */
  readonly stdout: NodeJS.WriteStream;
  /** The size to lay out for: what the terminal says, or 80 by 24 when it does not know. */
  size(): Size;
  /** Called with the size to lay out for, before Ink is told. */
  onResize(listener: (size: Size) => void): Disposable;
  /** Shows rows as chrome until Ink has its own. */
  firstFrame(rows: readonly string[]): void;
  /** Where regions come from. The chrome's rows are those of the screen that no region has, from the first on. */
  showRegions(source: () => readonly Region[]): void;
  /** A region's rows have changed by themselves: painted with others of the next 50 ms. */
  touch(): void;
  /** A person has changed something, and Ink has heard of it: painted at once. */
  paint(): void;
  /** Sends a control sequence that moves nothing, such as OSC 52, before the next picture. */
  send(sequence: string): void;
  /** The terminal is somebody else's until `release()`: nothing is written. */
  hold(): void;
  /** The terminal is ours and empty: everything is painted. */
  release(): void;
  readonly figures: Figures;
}

/** 20 pictures a second are enough for lines that run by. */
const tick = 50;

const begin = "\x1b[?2026h";
const end = "\x1b[?2026l";
const clear = "\x1b[0m\x1b[2J";

/** The picture on this terminal. */
export function newScreen(terminal: Terminal): Screen {
  let size = usable(terminal.size(), { columns: 80, rows: 24 });
  let chrome: readonly string[] = [];
  let source = (): readonly Region[] => [];
  let front: readonly string[] | undefined;
  let sequences = "";
  let isHeld = true;
  let isAwaited = false;
  let due: NodeJS.Immediate | undefined;
  let painted = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let frames = 0;
  let bytes = 0;
  const listeners = new Set<(size: Size) => void>();

  const compose = (): readonly string[] => {
    const regions = source();
    let drawn = 0;
    return Array.from({ length: size.rows }, (_, y) => {
      const region = regions.find(({ top, height }) => y >= top && y < top + height);
      return (region === undefined ? chrome[drawn++] : region.rows[y - region.top]) ?? "";
    });
  };
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    clearImmediate(due);
    due = undefined;
    if (isHeld) return;
    // Made from what is true when the terminal is ready, rather than from what was true now.
    if (!terminal.idle) return whenReady();
    painted = performance.now();
    const rows = compose();
    const text = sequences + changes(front, rows, size.columns);
    sequences = "";
    front = rows;
    if (text === "") return;
    frames++;
    bytes += Buffer.byteLength(text);
    void terminal.send(text);
  };
  const whenReady = (): void => {
    if (isAwaited) return;
    isAwaited = true;
    void terminal.send("").then(() => {
      isAwaited = false;
      draw();
    });
  };
  const soon = (): void => {
    if (timer !== undefined || due !== undefined) return;
    timer = setTimeout(draw, Math.max(0, painted + tick - performance.now()));
  };
  // At the end of the turn, so that whatever changes together makes one picture.
  const now = (): void => {
    due ??= setImmediate(draw);
  };
  const stdout = inkStream((frame) => {
    chrome = frame.split("\n");
    now();
  });
  const resized = terminal.onResize((reported) => {
    size = usable(reported, size);
    front = undefined;
    Object.assign(stdout, size);
    for (const listener of listeners) listener(size);
    stdout.emit("resize");
    now();
  });
  Object.assign(stdout, size);

  return {
    stdout: stdout as unknown as NodeJS.WriteStream,
    size: () => size,
    onResize(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    firstFrame(rows) {
      chrome = rows;
      draw();
    },
    showRegions(from) {
      source = from;
      now();
    },
    touch: soon,
    paint: draw,
    send(sequence) {
      sequences += sequence;
      now();
    },
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
      front = undefined;
      now();
    },
    get figures() {
      return { frames, bytes };
    },
    [Symbol.dispose]() {
      isHeld = true;
      clearTimeout(timer);
      clearImmediate(due);
      resized[Symbol.dispose]();
    },
  };
}

/** What turns the picture before into this one; everything when there is none before. */
function changes(before: readonly string[] | undefined, rows: readonly string[], columns: number): string {
  let text = before === undefined ? clear : "";
  for (const [y, row] of rows.entries()) {
    if (row === (before === undefined ? "" : before[y])) continue;
    // Erased first: after a row of full width, erasing takes the last cell in some terminals.
    text += `\x1b[${y + 1};1H\x1b[0m\x1b[K${clip(row, 0, columns)}\x1b[0m`;
  }
  return text === "" ? "" : begin + text + end;
}

function usable(said: Size, before: Size): Size {
  return said.columns > 0 && said.rows > 0 ? said : before;
}

/** A stream that hands on whole frames and looks to Ink like a terminal; what Ink says to a terminal itself is left out. */
function inkStream(onFrame: (frame: string) => void): EventEmitter {
  const write = (chunk: string, encoding?: unknown, callback?: unknown): boolean => {
    const done = typeof encoding === "function" ? encoding : callback;
    if (!isNoFrame.test(chunk) && !(chunk === "" && done !== undefined)) onFrame(chunk);
    if (typeof done === "function") queueMicrotask(() => done());
    return true;
  };
  return Object.assign(new EventEmitter().setMaxListeners(0), { isTTY: true, writable: true, write });
}

/** Modes and cursor moves alone, and the line feed with which Ink takes its leave. */
const isNoFrame = /^(?:\n|(?:\x1b\[[?>=]?[0-9;]*[A-Za-z])+)$/;
