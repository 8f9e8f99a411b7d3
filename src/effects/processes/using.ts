// All processes with what they use, from `/proc`, read as cheaply as Node can: this is done again and again.

import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { readCommand } from "./proc.ts";

/** One process and what it uses. */
export interface UsingProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly group: number;
  /** 0 where the system does not tell. */
  readonly session: number;
  /** Names it for ever, also when its pid is given to another. */
  readonly key: string;
  /** The program's short name, which is another after an exec. */
  readonly name: string;
  /** Milliseconds that it has had a processor. */
  readonly busyMs: number;
  /** Bytes of it that are in memory. */
  readonly memory: number;
}

/** All processes of one moment. */
export interface Reading {
  readonly processes: readonly UsingProcess[];
  /** Command lines are asked for one by one: few are wanted. */
  commandOf(process: UsingProcess): string;
}

// Linux shows user space 100 ticks a second on every machine that Node runs on.
const msPerTick = 10;
const buffer = Buffer.alloc(4096);
// By key; of the name it had then.
const commands = new Map<string, { readonly name: string; readonly command: string }>();
let page: number | undefined;

/** Every process that is visible now, zombies left out, and those of the pids in `strangers`, which are not looked at. */
export function readProcesses(strangers: ReadonlySet<number>): Reading {
  const pids = readdirSync("/proc").flatMap((entry) => {
    const first = entry.charCodeAt(0);
    return first >= 48 && first <= 57 ? Number(entry) : [];
  });
  const processes = pids.flatMap((pid) => (strangers.has(pid) ? [] : (parseUsing(readStatLine(pid) ?? "") ?? [])));
  const living = new Set(processes.map(({ key }) => key));
  for (const key of commands.keys()) if (!living.has(key)) commands.delete(key);
  return { processes, commandOf };
}

// Half of what `readFileSync` takes, which asks for the size first.
function readStatLine(pid: number): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(`/proc/${pid}/stat`, "r");
    return buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Reads one line of `/proc/PID/stat`; undefined for a zombie and for what is no such line. */
export function parseUsing(line: string): UsingProcess | undefined {
  const close = line.lastIndexOf(")");
  const fields = line.slice(close + 2).split(" ");
  const state = fields[0];
  if (close < 0 || state === "Z" || state === "X") return undefined;
  // Fields are counted from 1 in the kernel's words; the first two are before `fields`.
  const field = (number: number): number => Number(fields[number - 3]);
  const pid = Number.parseInt(line, 10);
  return {
    pid,
    name: line.slice(line.indexOf("(") + 1, close),
    ppid: field(4),
    group: field(5),
    session: field(6),
    key: `${pid} ${fields[19]}`,
    busyMs: (field(14) + field(15)) * msPerTick,
    memory: field(24) * pageSize(),
  };
}

function commandOf({ pid, key, name }: UsingProcess): string {
  const known = commands.get(key);
  if (known?.name === name) return known.command;
  const command = readCommand(pid) ?? `[${name}]`;
  commands.set(key, { name, command });
  return command;
}

/** The kernel's page in bytes: 4 KiB almost everywhere, up to 64 KiB on some ARM machines. */
function pageSize(): number {
  return (page ??= readPageSize());
}

// The kernel tells every program at its start, as pairs of words: what, and its value.
function readPageSize(): number {
  const pageSizeKind = 6n;
  try {
    const words = new BigUint64Array(new Uint8Array(readFileSync("/proc/self/auxv")).buffer);
    const at = words.findIndex((word, index) => index % 2 === 0 && word === pageSizeKind);
    return at < 0 ? 4096 : Number(words[at + 1]);
  } catch {
    return 4096;
  }
}
