// The runs of `launch` that this user has going, one small file each in a private directory: so that a pid found behind a
// lease or a port has a project's name. The files are a courtesy, no lock: what a file says counts only while its process lives.

import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realPath } from "../files/leads-out.ts";
import { readPlain } from "../files/plain.ts";
import { isAlive, readStat } from "../processes/proc.ts";
import { replaceFile } from "./replace-file.ts";

/** One run, as the others see it. */
export interface Run {
  readonly pid: number;
  /** With the pid it names one process for ever. */
  readonly startTicks: number;
  readonly name: string;
  /** The project's directory. */
  readonly root: string;
  readonly instance: string;
  /** Its state directory, which tells more of it; not given by versions that did not say. */
  readonly directory?: string;
  /** The pid namespace that its pid is of; not given where the system has none. */
  readonly namespace?: string;
}

/** Tells other runs about this process until disposed of; without a directory to write to nobody is told, which harms nothing. */
export function announceRun(
  about: Pick<Run, "name" | "root" | "instance" | "directory">,
  directory: string | undefined = runsDirectory(),
): Disposable {
  const stat = readStat(process.pid);
  if (directory === undefined || stat === undefined) return { [Symbol.dispose]: () => {} };
  const path = join(realPath(directory), `${process.pid}.json`);
  const namespace = pidNamespace();
  const started = { pid: process.pid, startTicks: stat.startTicks };
  const run: Run = { ...about, ...started, ...(namespace === undefined ? {} : { namespace }) };
  try {
    sweep(directory);
    replaceFile(path, JSON.stringify(run));
  } catch {
    // Full or read-only: as said above.
  }
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** The run of `launch` whose process this is, if it is one and still lives. */
export function findRun(pid: number, directory: string | undefined = runsDirectory()): Run | undefined {
  if (directory === undefined) return undefined;
  const run = readRun(join(directory, `${pid}.json`));
  const stat = readStat(pid);
  return run?.pid === pid && isAlive(stat) && stat.startTicks === run.startTicks ? run : undefined;
}

/** The live run of a project's instance, as far as it has announced itself. */
export function findRunOf(
  root: string,
  instance: string,
  directory: string | undefined = runsDirectory(),
): Run | undefined {
  return listRuns(directory).find((run) => run.root === root && run.instance === instance);
}

/** Every live run of this user that has announced itself. */
export function listRuns(directory: string | undefined = runsDirectory()): readonly Run[] {
  return pidsIn(directory).flatMap((pid) => findRun(pid, directory) ?? []);
}

/** True while any run of this user lives that has announced itself. */
export function isAnyRunning(directory: string | undefined = runsDirectory()): boolean {
  return listRuns(directory).length > 0;
}

/** The user's private directory for what lasts as long as a run; `undefined` when there is none that only this user can write to. */
export function runsDirectory(): string | undefined {
  const uid = process.getuid?.() ?? 0;
  // Both ends must look in the same place: /tmp is the same for every session of the user, XDG_RUNTIME_DIR is not set in all.
  const path = join(process.platform === "linux" ? "/tmp" : tmpdir(), `launch-${uid}`);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    // There already, or not to be had: looked at next.
  }
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === uid && (stat.mode & 0o022) === 0 ? path : undefined;
  } catch {
    return undefined;
  }
}

function readRun(path: string): Run | undefined {
  try {
    return JSON.parse(readPlain(path).toString()) as Run;
  } catch {
    return undefined;
  }
}

// What runs left that were killed. Containers may share the directory, and whether theirs live cannot be seen from here.
function sweep(directory: string): void {
  const ours = pidNamespace();
  for (const pid of pidsIn(directory)) {
    const path = join(directory, `${pid}.json`);
    const { namespace = ours } = readRun(path) ?? {};
    if (namespace === ours && findRun(pid, directory) === undefined) rmSync(path, { force: true });
  }
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

function pidsIn(directory: string | undefined): readonly number[] {
  try {
    return readdirSync(directory ?? "").flatMap((entry) => {
      const pid = /^(\d+)\.json$/.exec(entry)?.[1];
      return pid === undefined ? [] : Number(pid);
    });
  } catch {
    return [];
  }
}
