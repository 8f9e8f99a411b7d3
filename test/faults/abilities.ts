// What some faults need of the machine, found out by trying.

import { spawnSync } from "node:child_process";
import { unshare } from "../helpers/namespace.ts";
import type { Fault } from "./faults.ts";

/** Something that a machine may refuse. */
export type Ability = "namespace" | "mounts" | "next pid" | "another user" | "terminal";

const tries: Readonly<Record<Ability, { readonly command: readonly string[]; readonly reason: string }>> = {
  namespace: { command: ["true"], reason: "process namespaces are not allowed here (unshare --pid)" },
  mounts: {
    command: ["sh", "-c", "mount -t tmpfs -o size=64k none /mnt"],
    reason: "nothing may be mounted here, not even in a namespace of one's own",
  },
  "next pid": {
    command: ["sh", "-c", "echo 300 >/proc/sys/kernel/ns_last_pid"],
    reason: "the next pid cannot be chosen here (/proc/sys/kernel/ns_last_pid)",
  },
  "another user": {
    command: ["setpriv", "--reuid=31999", "--clear-groups", "--", process.execPath, "--version"],
    reason: "another user cannot be taken on here (setpriv as root), and root's processes are not limited in number",
  },
  terminal: {
    command: ["python3", "-c", "import pty"],
    reason: "there is no python3 here, whose pty module plays the terminal",
  },
};
const inside: ReadonlySet<Ability> = new Set(["namespace", "mounts", "next pid"]);

/** Why a fault cannot be tried on this machine; undefined when it can. */
export function reasonAgainst({ needs }: Fault): string | undefined {
  return needs.map(missing).find((reason) => reason !== undefined);
}

function missing(ability: Ability): string | undefined {
  known[ability] ??= isPossible(ability);
  return known[ability] ? undefined : tries[ability].reason;
}

const known: Partial<Record<Ability, boolean>> = {};

function isPossible(ability: Ability): boolean {
  if (inside.has(ability) && unshare === undefined) return false;
  const [file = "", ...args] = [...(inside.has(ability) ? (unshare ?? []) : []), ...tries[ability].command];
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}
