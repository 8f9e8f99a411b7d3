// What the machine says about a process: `/proc` on Linux, `ps` elsewhere. Everything here answers `undefined` for a
// process that is gone or not readable and never throws, since a process may end between any two lines of ours.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { userInfo } from "node:os";
import { readPs } from "./ps.ts";

/** True where `/proc` answers; elsewhere (macOS) `ps` does, which is slower and not tested so far. */
export const hasProc = process.platform === "linux";

/** A process's place among the others, at the moment of reading. */
export interface ProcessStat {
  readonly pid: number;
  /** The program's short name as the kernel keeps it, at most 15 bytes. */
  readonly name: string;
  /** One letter: `R`, `S`, `D`, `T` (stopped), `t` (traced), `Z` (zombie) … */
  readonly state: string;
  readonly ppid: number;
  readonly group: number;
  /** 0 where the system does not tell (macOS). */
  readonly session: number;
  /** The kernel's start time in clock ticks since boot (elsewhere: seconds since the epoch); with the pid it names one process for ever. */
  readonly startTicks: number;
  /** Threads that have not ended; a first thread that has ended is a zombie as long as there are others. */
  readonly threads: number;
}

/** The process's `stat`, or `undefined` when there is none. */
export function readStat(pid: number): ProcessStat | undefined {
  if (!hasProc) return statByPs(pid);
  const text = readProc(pid, "stat");
  return text === undefined ? undefined : parseStat(text);
}

/** Reads one line of `/proc/PID/stat`, whose second field may itself hold spaces and parentheses. */
export function parseStat(text: string): ProcessStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const rest = text.slice(close + 2).split(" ");
  const [state, ppid, group, session] = rest;
  // Fields 20 and 22 of the line, of which the first two are before `rest`.
  const threads = Number(rest[17]);
  const startTicks = Number(rest[19]);
  if (state === undefined || !Number.isSafeInteger(startTicks)) return undefined;
  const pid = Number.parseInt(text, 10);
  return {
    pid,
    name: text.slice(open + 1, close),
    state,
    ppid: Number(ppid),
    group: Number(group),
    session: Number(session),
    startTicks,
    threads,
  };
}

/** True for a process that has not ended; a zombie has, unless threads of it go on, which keep its files and ports open. */
export function isAlive(stat: ProcessStat | undefined): stat is ProcessStat {
  return stat !== undefined && stat.state !== "X" && (stat.state !== "Z" || stat.threads > 1);
}

/** True while exactly this process lives: one whose start is not known is nobody. */
export function isProcess({
  pid,
  startTicks,
}: {
  readonly pid: number;
  readonly startTicks?: number | undefined;
}): boolean {
  const stat = readStat(pid);
  return isAlive(stat) && startTicks !== undefined && stat.startTicks === startTicks;
}

/** What names the process for ever: its pid, with its start time where that can be read. */
export function namedProcess(pid: number): { readonly pid: number; readonly startTicks?: number } {
  const startTicks = readStat(pid)?.startTicks;
  return startTicks === undefined ? { pid } : { pid, startTicks };
}

/** Every pid that is visible now. */
export function listPids(): readonly number[] {
  if (!hasProc) return readPs().map((row) => row.pid);
  const pids: number[] = [];
  for (const entry of attempt(() => readdirSync("/proc")) ?? []) {
    const pid = Number(entry);
    if (Number.isInteger(pid)) pids.push(pid);
  }
  return pids;
}

/** The `stat` of every visible process. */
export function listStats(): readonly ProcessStat[] {
  if (!hasProc) return readPs().map(statOfRow);
  return listPids().flatMap((pid) => readStat(pid) ?? []);
}

/** The ancestors of a process, its parent first, up to the system's first process or the edge of what is visible. */
export function ancestorsOf(pid: number): readonly ProcessStat[] {
  const chain: ProcessStat[] = [];
  const seen = new Set([pid]);
  let current = readStat(pid)?.ppid;
  while (current !== undefined && current > 0 && !seen.has(current)) {
    seen.add(current);
    const stat = readStat(current);
    if (stat === undefined) break;
    chain.push(stat);
    current = stat.ppid;
  }
  return chain;
}

/** All descendants of a process among `stats`, nearest first, without itself. */
export function descendantsOf(pid: number, stats: readonly ProcessStat[] = listStats()): readonly ProcessStat[] {
  const children = new Map<number, ProcessStat[]>();
  for (const stat of stats) {
    const siblings = children.get(stat.ppid);
    if (siblings === undefined) children.set(stat.ppid, [stat]);
    else siblings.push(stat);
  }
  const found: ProcessStat[] = [];
  const seen = new Set([pid]);
  const queue = [pid];
  for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
    for (const child of children.get(parent) ?? []) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      found.push(child);
      queue.push(child.pid);
    }
  }
  return found;
}

/** The processes right below one, as text that changes when they do; a process alone in standing between is passed over. */
export function readKin(pid: number): string {
  const children = hasProc ? (readText(`/proc/${pid}/task/${pid}/children`)?.trim() ?? "") : "";
  return /^\d+$/.test(children) ? `${children} ${readKin(Number(children))}` : children;
}

/** The children that a process has at this moment; none of a process that is gone, nor where only `ps` could tell. */
export function readChildren(pid: number): readonly ProcessStat[] {
  const threads = hasProc ? attempt(() => readdirSync(`/proc/${pid}/task`)) : undefined;
  return (threads ?? []).flatMap((thread) => {
    const listed = readText(`/proc/${pid}/task/${thread}/children`)?.split(" ") ?? [];
    return listed.flatMap((child) => readStat(Number.parseInt(child, 10)) ?? []);
  });
}

/** The command line as one string; `[name]` where there is none, as for kernel threads. */
export function readCommand(pid: number): string | undefined {
  if (!hasProc) return readPs(pid)[0]?.command;
  const text = readProc(pid, "cmdline");
  if (text === undefined) return undefined;
  const words = text.replaceAll("\0", " ").trim();
  if (words !== "") return words;
  const name = readStat(pid)?.name;
  return name === undefined ? undefined : `[${name}]`;
}

/** The working directory; Linux only. */
export function readCwd(pid: number): string | undefined {
  return hasProc ? attempt(() => readlinkSync(`/proc/${pid}/cwd`)) : undefined;
}

/** The real user id. */
export function readUid(pid: number): number | undefined {
  if (!hasProc) return readPs(pid)[0]?.uid;
  const found = /^Uid:\s+(\d+)/m.exec(readProc(pid, "status") ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The wanted variables of a process's environment as it was at its start; readable only for processes of the same user, Linux only. */
export function readVariables(pid: number, names: readonly string[]): Readonly<Record<string, string>> | undefined {
  const text = hasProc ? readProc(pid, "environ") : undefined;
  if (text === undefined) return undefined;
  const found: Record<string, string> = {};
  for (const entry of text.split("\0")) {
    const split = entry.indexOf("=");
    const name = entry.slice(0, split);
    if (split > 0 && names.includes(name)) found[name] = entry.slice(split + 1);
  }
  return found;
}

/** The systemd unit and the container that a process's cgroup names. */
export function readCgroup(pid: number): { readonly unit?: string; readonly container?: string } {
  return parseCgroup((hasProc ? readProc(pid, "cgroup") : undefined) ?? "");
}

/** Reads `/proc/PID/cgroup`: the innermost unit, and the id that Docker, Podman, containerd or Kubernetes put in the path. */
export function parseCgroup(text: string): { readonly unit?: string; readonly container?: string } {
  const container =
    /(?:docker|libpod|crio|cri-containerd|containerd|lxc|kubepods)[^\n]*?[-/]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(
      text,
    )?.[1];
  // A container's scope is named by the container itself.
  if (container !== undefined) return { container };
  const unit = [...text.matchAll(/\/([^/\n]+\.(?:service|scope|socket))(?=\/|$)/gm)].at(-1)?.[1];
  return unit === undefined ? {} : { unit };
}

/** The wall clock time of a start, in milliseconds since the epoch, to about ten milliseconds. */
export function startedAt(startTicks: number): number | undefined {
  if (!hasProc) return startTicks * 1000;
  const uptime = Number.parseFloat(readText("/proc/uptime") ?? "");
  if (Number.isNaN(uptime)) return undefined;
  // Linux shows user space 100 ticks a second on every machine that Node runs on.
  return Math.round(Date.now() - uptime * 1000 + startTicks * 10);
}

/** The login name of a user, when the system's own file or the current process knows it. */
export function userName(uid: number): string | undefined {
  if (uid === process.getuid?.()) return attempt(() => userInfo().username);
  const line = readText("/etc/passwd")
    ?.split("\n")
    .find((entry) => entry.split(":")[2] === String(uid));
  return line?.split(":")[0];
}

function readProc(pid: number, file: string): string | undefined {
  return Number.isSafeInteger(pid) && pid > 0 ? readText(`/proc/${pid}/${file}`) : undefined;
}

function readText(path: string): string | undefined {
  return attempt(() => readFileSync(path, "utf8"));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function statByPs(pid: number): ProcessStat | undefined {
  const row = Number.isSafeInteger(pid) && pid > 0 ? readPs(pid)[0] : undefined;
  return row === undefined ? undefined : statOfRow(row);
}

function statOfRow(row: ReturnType<typeof readPs>[number]): ProcessStat {
  const { pid, ppid, group, state, startSeconds } = row;
  const name = row.command.split(" ", 1)[0] ?? "";
  return { pid, name, state, ppid, group, session: 0, startTicks: startSeconds, threads: 1 };
}
