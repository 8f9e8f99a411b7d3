// Spawns one service: its own session and process group, its output straight into its log file, never through us.
// Plain `child_process` on purpose: nothing is buffered, parsed or piped here, a spawn blocks the loop, and a hundred
// services feel every tenth of a millisecond. Commands whose output we consume run through execa (exec probes, `launch run`).

import { spawn, spawnSync, type ChildProcess, type IOType } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Exit, Failure } from "../../core/failure.ts";
import { coverMasters } from "./masters.ts";
import { readStat } from "./proc.ts";
import { wrap, type Wrapped } from "./wrapper.ts";

/** A command with everything rendered. */
export type RenderedCommand = { readonly shell: string } | { readonly args: readonly string[] };

/** What to spawn, and with what around it. */
export interface Spawn {
  readonly command: RenderedCommand;
  readonly cwd: string;
  /** The whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: "open" | "null";
  /** What it reads from instead of a pipe of ours. */
  readonly input?: number;
  /** A descriptor opened for appending: stdout and stderr together, in order. */
  readonly output: number;
  /** What everything that it starts inherits and is found by; see `tag.ts`. */
  readonly tag?: string;
  /** A cgroup of its own, joined before its program begins. */
  readonly cgroup?: string;
  /** Listening sockets that it gets from descriptor 3 on, with `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES`. */
  readonly sockets?: readonly ListeningSocket[];
  /** A file, opened for appending, that it says things about itself to; its number is in `NOTIFY_FD`. */
  readonly notify?: number;
  /** The file that its exit code is kept in should nobody of ours be there to see its end. */
  readonly status?: string;
}

/** A socket that listens already and is handed over. */
export interface ListeningSocket {
  /** The endpoint's name. */
  readonly name: string;
  readonly fd: number;
}

/** A process that was spawned. Its pid is also the number of its group and session. */
export interface Spawned {
  readonly pid: number;
  /** Its start time in clock ticks, which with the pid names it for ever; undefined where there is no `/proc`. */
  readonly startTicks: number | undefined;
}

/** Spawns; `onExit` is called once when the process itself has ended, whoever still holds its output. */
export async function spawnService(spec: Spawn, onExit: (exit: Exit) => void): Promise<Spawned | Failure> {
  const wrapped = wrap(spec.command, spec, spec.env);
  // Once wrapped, even a failed start is a process that ends, so its cause is looked for before. A shell says its own.
  const fault = wrapped.isWrapped && "args" in spec.command ? findFault(spec) : undefined;
  if (fault !== undefined) return fault;
  let child: ChildProcess;
  try {
    child = start(spec, wrapped);
  } catch (error) {
    return failureOf(error, spec);
  }
  const { pid } = child;
  if (pid === undefined) {
    return new Promise((settle) => {
      child.once("error", (error) => settle(failureOf(error, spec)));
    });
  }
  child.once("exit", (code, signal) => onExit(exitOf(code, signal)));
  // A signal or a write to its stdin may fail once it is gone; that is no news.
  child.on("error", () => {});
  for (const stream of child.stdio) stream?.on("error", () => {});
  return { pid, startTicks: readStat(pid)?.startTicks };
}

function start(
  { cwd, env, stdin, input: given, output, sockets = [] }: Spawn,
  { words, env: added, descriptors }: Wrapped,
): ChildProcess {
  const [file, ...args] = words;
  // An open pipe that nobody writes to never ends; when we are gone it does, and watchers end with us.
  const input = given ?? (stdin === "open" ? "pipe" : "ignore");
  const place = (what: number | "stdin"): IOType | number => (what === "stdin" ? input : what);
  makeBlocking(sockets.slice(1).map(({ fd }) => fd));
  const further = descriptors.further.map(place);
  return spawn(file ?? "", args, {
    cwd,
    env: { ...env, ...added },
    detached: true,
    stdio: [place(descriptors.first), output, output, ...further, ...coverMasters(output).slice(further.length)],
  });
}

/** A child gets its first three descriptors as ones that block, and that holds for everybody who has them open. */
function makeBlocking(fds: readonly number[]): void {
  for (let index = 0; index < fds.length; index += 3) {
    spawnSync("/bin/sh", ["-c", ":"], { stdio: fds.slice(index, index + 3) });
  }
}

function exitOf(code: number | null, signal: string | null): Exit {
  return signal === null ? { code: code ?? 0, signal: null } : { code: null, signal };
}

function failureOf(error: unknown, spec: Spawn): Failure {
  const { code = "UNKNOWN", message } = error as NodeJS.ErrnoException;
  // The kernel answers ENOENT for a missing directory and a missing program alike.
  if (["ENOENT", "ENOTDIR", "EACCES"].includes(code)) return findFault(spec) ?? { kind: "spawn", code, message };
  return { kind: "spawn", code, message };
}

/** What would keep the command from being started: its directory or its program; undefined: nothing seen. */
export function findFault({ command, cwd, env }: Pick<Spawn, "command" | "cwd" | "env">): Failure | undefined {
  if (statOf(cwd)?.isDirectory() !== true) return { kind: "no-directory", path: cwd };
  const program = "args" in command ? command.args[0] : firstWord(command.shell);
  return program === undefined ? undefined : programFault(program, cwd, env["PATH"]);
}

/** A shell's answer to a program it could not run, be it the command's own or the one that wraps it, told apart from any other exit. */
export function shellFault(
  { command, cwd, env }: Pick<Spawn, "command" | "cwd" | "env">,
  exit: Exit,
): Failure | undefined {
  if (exit.code !== 127 && exit.code !== 126) return undefined;
  if ("args" in command) return interpreterFault(command.args[0] ?? "", cwd, env["PATH"]);
  if (exit.code === 127) return { kind: "command-not-found", command: command.shell };
  return { kind: "not-executable", command: command.shell };
}

function programFault(program: string, cwd: string, path: string | undefined): Failure | undefined {
  const files = filesOf(program, cwd, path);
  if (files.length === 0) return { kind: "command-not-found", command: program };
  return files.some(isExecutable) ? undefined : { kind: "not-executable", command: program };
}

/** A script whose first line names an interpreter that cannot be run; a program that itself ends with 127 is not judged. */
function interpreterFault(program: string, cwd: string, path: string | undefined): Failure | undefined {
  const file = filesOf(program, cwd, path).find(isExecutable);
  const interpreter = file === undefined ? undefined : /^#!\s*(\S+)/.exec(beginningOf(file))?.[1];
  return interpreter === undefined ? undefined : programFault(interpreter, cwd, path);
}

function filesOf(program: string, cwd: string, path: string | undefined): readonly string[] {
  const candidates = program.includes("/")
    ? [isAbsolute(program) ? program : resolve(cwd, program)]
    : (path ?? "/usr/local/bin:/usr/bin:/bin")
        .split(delimiter)
        .map((directory) => join(resolve(cwd, directory), program));
  return candidates.filter(isFile);
}

function beginningOf(file: string): string {
  let fd: number | undefined;
  try {
    fd = openSync(file, "r");
    const bytes = Buffer.alloc(256);
    return bytes.toString("latin1", 0, readSync(fd, bytes, 0, bytes.length, 0));
  } catch {
    return "";
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Undefined for what is not there or may not be looked at: a shell passes over such an entry of the PATH as well. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The program that a shell string starts with, when that can be told without being a shell. */
function firstWord(shell: string): string | undefined {
  const words = shell.trim().split(/\s+/);
  const word = words.find((candidate) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(candidate));
  if (word === undefined || !/^[\w@%+:,./-]+$/.test(word) || shellWords.has(word)) return undefined;
  return word;
}

// Words that the shell itself knows; none of them is looked for in the PATH.
const shellWords = new Set(
  ". : [ alias bg break case cd command continue do done echo elif else esac eval exec exit export false fg fi for getopts hash if in jobs kill local printf pwd read readonly return set shift test then time times trap true type ulimit umask unalias unset until wait while {".split(
    " ",
  ),
);
