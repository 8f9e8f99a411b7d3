// A service in a pseudo-terminal of its own. launch holds the terminal's other end: what the program shows goes to its log
// byte by byte, and to whoever is attached; the process itself is a session and group leader like any other service.

import { ReadStream } from "node:tty";
import type { Exit, Failure } from "../../core/failure.ts";
import { sleep } from "../clock.ts";
import { newAppender } from "../logs/appender.ts";
import { type Attachment, newAudience, type Size } from "./audience.ts";
import { inheritance } from "./inheritance.ts";
import { holdMaster } from "./masters.ts";
import { readStat } from "./proc.ts";
import { loadPtyPackage, type PtyPackage } from "./pty-package.ts";
import { findFault } from "./fault.ts";
import { exitOf } from "./exit.ts";
import type { Spawn, Spawned } from "./spec.ts";
import { newTyping } from "./typing.ts";
import { wrap } from "./wrapper.ts";

/** The terminal of one run. Disposing closes it, which hangs up whatever still uses it. */
export interface Terminal extends Disposable {
  /** Joins the terminal; all who have joined share it, and its size is what fits them all. */
  attach(size: Size): Attachment;
  /** Resolves once what has been shown by now is in the log. */
  drain(): Promise<void>;
}

/** What to spawn in a terminal; stdin is the terminal, and nothing else can be handed over. */
export type SpawnInTerminal = Omit<Spawn, "stdin" | "sockets" | "notify">;

/** The size before anybody has attached. */
const size: Size = { columns: 120, rows: 40 };
/** Unwritten bytes at which the program is made to wait, and at which it goes on. */
const high = 256 * 1024;
const low = 64 * 1024;
/** Nothing came for so long, in milliseconds: what was shown has been read. */
const quiet = 20;

/** Spawns in a pseudo-terminal; `onExit` is called once when the process itself has ended and its output is in the log. */
export async function spawnInTerminal(
  spec: SpawnInTerminal,
  onExit: (exit: Exit) => void,
): Promise<(Spawned & { readonly terminal: Terminal }) | Failure> {
  const { command, cwd, env } = spec;
  // In a terminal even a failed start is a process that ends, so its cause is looked for before. A shell says its own.
  const fault = findFault({ command: "shell" in command ? { args: ["/bin/sh"] } : command, cwd, env });
  if (fault !== undefined) return fault;
  const found = loadPtyPackage(cwd);
  if (typeof found === "string") return { kind: "preparation", message: found };
  try {
    let terminal: Terminal | undefined;
    const forked = fork(found, spec, (exit) => {
      void Promise.resolve(terminal?.drain()).then(() => onExit(exit));
    });
    terminal = openTerminal(forked.fd, found, spec.output);
    return { pid: forked.pid, startTicks: readStat(forked.pid)?.startTicks, terminal };
  } catch (error) {
    const { code = "UNKNOWN", message } = error as NodeJS.ErrnoException;
    return { kind: "spawn", code, message };
  }
}

function fork(
  { native, helper }: PtyPackage,
  spec: SpawnInTerminal,
  onExit: (exit: Exit) => void,
): { readonly fd: number; readonly pid: number } {
  const { cwd, env } = spec;
  const [file = "", ...args] = wrap(spec.command, { ...spec, ...inheritance() }, env).words;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { columns, rows } = size;
  return native.fork(file, args, variables, cwd, columns, rows, -1, -1, false, helper, (code, signal) => {
    onExit(exitOf(code, signal));
  });
}

function openTerminal(fd: number, { native }: PtyPackage, output: number): Terminal {
  const stream = new ReadStream(fd);
  const typing = newTyping(fd);
  const held = holdMaster(fd);
  const over = new AbortController();
  let received = 0;

  const appender = newAppender(output, () => {
    if (appender.waiting < low && stream.isPaused()) stream.resume();
  });
  const audience = newAudience(
    (keys) => typing.type(keys),
    ({ columns, rows }) => {
      if (!over.signal.aborted) native.resize(fd, columns, rows);
    },
  );

  const close = (): void => {
    if (over.signal.aborted) return;
    over.abort();
    typing[Symbol.dispose]();
    stream.destroy();
    held[Symbol.dispose]();
    audience.close();
  };

  stream.on("data", (bytes: Buffer) => {
    received += bytes.length;
    appender.append(bytes);
    audience.show(bytes);
    if (appender.waiting > high) stream.pause();
  });
  // EIO when the last one who had it open is gone: Linux's way to say that it is over.
  stream.on("error", close);
  stream.on("end", close);

  return {
    attach: (its) => audience.join(its),
    async drain() {
      // Who was left behind may keep the terminal open for ever, so silence is an end as well.
      for (let before = -1; !over.signal.aborted && (before !== received || stream.isPaused());) {
        before = received;
        await sleep(quiet, over.signal).catch(() => {});
      }
      await appender.flush();
    },
    [Symbol.dispose]: close,
  };
}
