// Who is left of a project: told by the program file and the working directory alone, which launch has no hand in.

import { spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, allProcesses, compile, now, programOf } from "./machine.ts";

/** Every process whose program lies in this directory, or that works in it: services, guards, whatever they started. */
export function inhabitants(directory: string): readonly number[] {
  return allProcesses().filter((pid) => isInhabitant(pid, directory));
}

function isInhabitant(pid: number, directory: string): boolean {
  const within = (path: string): boolean => path === directory || path.startsWith(`${directory}/`);
  return within(programOf(pid)) || within(workingDirectoryOf(pid));
}

/** One line about a process, for whoever wants to know what was left; pid, parent, group, session, state and command. */
export function describeProcess(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").slice(0, 120);
    return `${pid} (parent ${parent}, group ${group}, session ${session}, ${state}) ${command}`;
  } catch {
    return `${pid} (ended meanwhile)`;
  }
}

/** One process for ever: its number and the moment of its start; undefined when it has ended, waited for or not. */
export function identityOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${pid} since ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Waits until nobody is there in several looks, since one can miss a hopper, or the time is over; gives who is left. */
export async function waitUntilEmpty(directory: string, limitMs: number): Promise<readonly number[]> {
  const deadline = now() + limitMs;
  for (let emptyLooks = 0; emptyLooks < 6;) {
    const isEmpty = inhabitants(directory).length === 0;
    emptyLooks = isEmpty ? emptyLooks + 1 : 0;
    if (!isEmpty && now() > deadline) return seenInLooks(directory);
    await sleep(25);
  }
  return [];
}

/** Everybody seen in several looks at the same moment; of a hopper, which is another process each time, the last. */
async function seenInLooks(directory: string): Promise<readonly number[]> {
  const looks: (readonly number[])[] = [];
  while (looks.length < 10) {
    looks.push(inhabitants(directory));
    await sleep(2);
  }
  const fullest = looks.toSorted((one, other) => other.length - one.length);
  return fullest[0] ?? [];
}

/** Ends whoever is there; throws when they cannot be ended within twenty seconds. */
export async function clear(directory: string): Promise<void> {
  const deadline = now() + 20_000;
  for (let emptyLooks = 0; emptyLooks < 4;) {
    let found = 0;
    // At once as each is seen, and the newest first: a hopper is elsewhere a few milliseconds later.
    for (const pid of allProcesses().toReversed()) {
      if (!isInhabitant(pid, directory)) continue;
      kill(pid);
      found++;
    }
    emptyLooks = found === 0 ? emptyLooks + 1 : 0;
    if (now() > deadline) throw new Error(`could not end what runs in ${directory}`);
    if (found === 0) await sleep(10);
  }
}

/** Follows processes to their end from outside of this one, so that looking costs them nothing. */
export interface Watch {
  /** When each ended, in monotonic milliseconds; throws when one does not end. */
  readonly ends: Promise<ReadonlyMap<number, number>>;
}

/** Resolves once the processes are watched. */
export async function watchEnds(bench: Bench, pids: readonly number[]): Promise<Watch> {
  gone ??= compile(bench.directory, "gone");
  const child = spawn(gone, pids.map(String), { stdio: ["ignore", "pipe", "inherit"] });
  const ends = new Map<number, number>();
  const watching = Promise.withResolvers<void>();
  const done = Promise.withResolvers<ReadonlyMap<number, number>>();
  createInterface(child.stdout).on("line", (line) => {
    if (line === "watching") return watching.resolve();
    const [pid, ns] = line.split(" ");
    ends.set(Number(pid), Number(ns) / 1e6);
  });
  child.on("close", (code) => {
    if (code === 0) return done.resolve(ends);
    const left = pids.filter((pid) => !ends.has(pid));
    const few = left.slice(0, 5).map(describeProcess).join("; ");
    const error = new Error(`${left.length} have not ended: ${few}`);
    watching.reject(error);
    done.reject(error);
  });
  done.promise.catch(() => {});
  await watching.promise;
  return { ends: done.promise };
}

let gone: string | undefined;

/** SIGKILL, unless it has ended by itself. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // There is nothing left to do.
  }
}

function workingDirectoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
