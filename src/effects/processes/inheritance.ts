// What launch was given at its start and its services are to have as well, although Node changes it for itself: that SIGHUP is
// ignored, how many files may be open, and the options for Node, which are for the services alone. Kept small; the entry loads it.

import { readFileSync, readlinkSync } from "node:fs";

/** What a program started from the same shell would have. */
export interface Inheritance {
  /** Started by `nohup` or the like. */
  readonly ignoresHangup: boolean;
  /** The soft limit of open files; undefined where nobody can tell. */
  readonly openFiles?: number;
}

/** The variable by which one process of launch tells the next; it is taken out of the environment at once. */
const variable = "LAUNCH_INHERITANCE";

interface Told extends Inheritance {
  readonly nodeOptions?: string;
}

// Once for all scripts that this process loads: what it was told is taken only once.
const known: { [name: symbol]: Inheritance | undefined } = globalThis;
const key = Symbol.for("launch.inheritance");

/** What this process was given. Node has raised the limit and has SIGHUP end it, so it is found by what stands around it. */
export function inheritance(): Inheritance {
  return (known[key] ??= takeTold() ?? lookAround());
}

/** The environment for another process of launch: it is told what we were given, and gets no options for Node. */
export function environmentOfOwn(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: nodeOptions, ...rest } = env;
  const told: Told = { ...inheritance(), ...(nodeOptions !== undefined && { nodeOptions }) };
  return { ...rest, [variable]: JSON.stringify(told) };
}

function takeTold(): Inheritance | undefined {
  const text = process.env[variable];
  if (text === undefined) return undefined;
  // Services must not take it for their own.
  delete process.env[variable];
  try {
    const { nodeOptions, ...told } = JSON.parse(text) as Told;
    if (nodeOptions !== undefined) process.env["NODE_OPTIONS"] = nodeOptions;
    return told;
  } catch {
    // Somebody else's words.
    return undefined;
  }
}

function lookAround(): Inheritance {
  const openFiles = openFilesIn(read(`/proc/${process.ppid}/limits`));
  return { ignoresHangup: isByNohup() || isByParent(), ...(openFiles !== undefined && { openFiles }) };
}

/** The soft limit in the words of `/proc/PID/limits`. */
export function openFilesIn(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** Most shells say in `_` what they have started; and `nohup` takes a terminal's place by what nobody else takes it by. */
function isByNohup(): boolean {
  if (/(?:^|\/)nohup$/.test(process.env["_"] ?? "")) return true;
  if ([1, 2].some((fd) => link(`/proc/self/fd/${fd}`).endsWith("/nohup.out"))) return true;
  // Open for writing alone, so that whoever reads it all the same learns that there is nothing.
  return link("/proc/self/fd/0") === "/dev/null" && /^flags:\s+\d*1$/m.test(read("/proc/self/fdinfo/0"));
}

/** A shell that ignores it has its commands ignore it; a parent of another session, such as `screen`, does not mean us. */
function isByParent(): boolean {
  return ignoresHangup(read(`/proc/${process.ppid}/status`)) && session(process.ppid) === session(process.pid);
}

/** True when `/proc/PID/status` says that SIGHUP, the first signal, is ignored. */
export function ignoresHangup(status: string): boolean {
  const mask = /^SigIgn:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? "0";
  return (BigInt(`0x${mask}`) & 1n) === 1n;
}

function session(pid: number): string | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[3];
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
