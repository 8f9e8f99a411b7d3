// A process namespace of its own: what runs in it sees nobody else, and nothing in it outlives its first process.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One process of a namespace. */
export interface Inhabitant {
  /** As the namespace numbers it; 1 is the first. */
  readonly pid: number;
  readonly command: string;
  /** The kernel's letter: `Z` has ended and waits for its parent to ask. */
  readonly state: string;
}

const flags = ["--pid", "--fork", "--mount-proc", "--kill-child"];
// Whoever is not root becomes it inside, where the system lets everybody do so.
const isUnwanted = process.env["LAUNCH_TEST_NAMESPACES"] === "no";
const ways = isUnwanted ? [] : [flags, ["--user", "--map-root-user", ...flags]];

/** The command that puts another into a namespace of its own; undefined where that is not allowed or (`LAUNCH_TEST_NAMESPACES=no`) not wanted. */
export const unshare: readonly string[] | undefined = ways
  .map((way) => ["unshare", ...way])
  .find(([file = "", ...args]) => spawnSync(file, [...args, "true"], { stdio: "ignore" }).status === 0);

/** The first process of the namespace that this `unshare` has made, as the machine numbers it; undefined until it is there. */
export function firstProcessOf(unsharer: number): number | undefined {
  const [first] = childrenOf(unsharer);
  return first !== undefined && innerPid(first) === 1 ? first : undefined;
}

/** Everything in the namespace of this first process, itself and those that have ended included; nothing when it is gone. */
export function inhabitants(first: number): readonly Inhabitant[] {
  // Its own `/proc`, which knows nobody else, however many the machine has.
  const top = `/proc/${first}/root/proc`;
  const read = (path: string): string => readFileSync(`${top}/${path}`, "utf8");
  return attempt(() => readdirSync(top), []).flatMap((entry) => {
    const pid = Number(entry);
    const state = pid > 0 ? attempt(() => /\) (\w) /.exec(read(`${pid}/stat`))?.[1], undefined) : undefined;
    const command = attempt(() => read(`${pid}/cmdline`).replaceAll("\0", " ").trim(), "");
    return state === undefined ? [] : [{ pid, state, command }];
  });
}

/** What lives in the namespace beside its first process. */
export function livingIn(first: number): readonly Inhabitant[] {
  return inhabitants(first).filter(({ pid, state }) => pid > 1 && state !== "Z" && state !== "X");
}

/** The machine's number of what the namespace calls `pid`; undefined when it is gone. */
export function machinePid(first: number, pid: number): number | undefined {
  // Whatever lost its parent is a child of the first process.
  const waiting = [first];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (innerPid(next) === pid) return next;
    waiting.push(...childrenOf(next));
  }
  return undefined;
}

function childrenOf(pid: number): readonly number[] {
  return attempt(() => readdirSync(`/proc/${pid}/task`), [])
    .flatMap((task) => attempt(() => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "), []))
    .map(Number)
    .filter((child) => child > 0);
}

/** What a process is called in the innermost namespace that it is in. */
function innerPid(pid: number): number | undefined {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  return Number(/^NSpid:.*\s(\d+)$/m.exec(status)?.[1]);
}

/** The value, or this one where what it is about is gone. */
function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
