// A process namespace of its own: what runs in it sees nobody else, and nothing in it outlives its first process.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isAlive, stateOf } from "./processes.ts";

/** One process of a namespace, with the machine's number of it. */
export interface Inhabitant {
  readonly pid: number;
  readonly command: string;
  /** The kernel's letter: `Z` has ended and waits for its parent to ask. */
  readonly state: string;
}

const flags = ["--pid", "--fork", "--mount-proc", "--kill-child"];
// Whoever is not root becomes it inside, where the system lets everybody do so.
const ways = [flags, ["--user", "--map-root-user", ...flags]];

/** The command that puts another into a namespace of its own; undefined where that is not allowed here. */
export const unshare: readonly string[] | undefined = ways
  .map((way) => ["unshare", ...way])
  .find(([file = "", ...args]) => spawnSync(file, [...args, "true"], { stdio: "ignore" }).status === 0);

/** The first process of the namespace that this `unshare` has made; undefined until it is there. */
export function firstProcessOf(unsharer: number): number | undefined {
  try {
    const first = Number(readFileSync(`/proc/${unsharer}/task/${unsharer}/children`, "utf8").trim());
    return first > 0 && namespaceOf(first) !== namespaceOf(process.pid) ? first : undefined;
  } catch {
    return undefined;
  }
}

/** The namespace a process is in, by its name; undefined when the process is gone. */
export function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** Everything in a namespace, its first process included; those that have ended as well. */
export function inhabitants(namespace: string): readonly Inhabitant[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && namespaceOf(pid) === namespace)
    .flatMap((pid) => {
      const state = stateOf(pid);
      return state === undefined ? [] : [{ pid, state, command: commandOf(pid) }];
    });
}

/** Everything in a namespace that lives, but for its first process. */
export function livingIn(namespace: string, first: number): readonly Inhabitant[] {
  return inhabitants(namespace).filter(({ pid }) => pid !== first && isAlive(pid));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
