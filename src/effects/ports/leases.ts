// Leases among runs of `launch`: a port for a whole run, and a state directory for one run at a time. The kernel keeps
// them and takes them back however their owner dies, so there is nothing stale to clean up.
// Linux: an abstract Unix socket per lease, visible exactly where ports are (the network namespace). Elsewhere: `lease-files.ts`.

import { existsSync, readFileSync } from "node:fs";
import { findSocketOwners } from "./holders.ts";
import { fileOf, joined, lease, lockFile, lockName, nameOfInstance } from "./instance-lock.ts";
import type { Lease } from "./lease.ts";
import { leasesByFile, ownerByFile } from "./lease-files.ts";
import { type Binding, overlaps, scopeOf } from "../../plan/binding.ts";
import { hasProc, isAlive, readStat, readUid } from "../processes/proc.ts";
import { userOfSocket } from "./socket-user.ts";
import { findRun, type Run } from "../state/registry.ts";

/** Who has a lease, as far as it can be seen: a run of this user, only a process that has not said who it is, or only a user. */
export interface LeaseOwner {
  readonly pid?: number;
  readonly run?: Run;
  /** The id of another user whose it is. */
  readonly uid?: number;
}

/** Leases a port against every other run of `launch` on this machine; `undefined` when one has it, this process included. */
export function leasePort(binding: Binding): Lease | undefined {
  const name = nameOfPort(binding);
  const own = lease(name);
  // What contends under another name is looked for with ours taken: of two that do so at once, one sees the other.
  if (own === undefined || !contenders(binding).some((other) => other !== name)) return own;
  own[Symbol.dispose]();
  return undefined;
}

/**
 * Locks a state directory for one run; `key` is its real path. `undefined` when a run has it. Any user can take the name of the
 * lock; where another one has, a file of the directory does instead, which only its owner can open.
 */
export async function lockInstance(key: string): Promise<Lease | undefined> {
  const name = nameOfInstance(key);
  const own = lease(name);
  if (own !== undefined) return existsSync(fileOf(key)) ? joined(own, lockFile(key)) : own;
  if (!(await isForeign(name))) return undefined;
  const file = lockFile(key);
  // The name may have become free meanwhile, and then a run of ours has it or we do.
  const late = lease(name);
  if (late !== undefined) return joined(late, file);
  if (file === undefined || (await isForeign(name))) return file;
  file[Symbol.dispose]();
  return undefined;
}

async function isForeign(name: string): Promise<boolean> {
  return (await ownerOf(name))?.uid !== undefined;
}

/** The run that leased the port, or one that contends with it; `undefined` when nobody did or nothing is known of who did. */
export async function leaseOwner(binding: Binding): Promise<LeaseOwner | undefined> {
  for (const name of new Set([nameOfPort(binding), ...contenders(binding)])) {
    const owner = await ownerOf(name);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** The run that locked the state directory. */
export async function instanceOwner(key: string): Promise<LeaseOwner | undefined> {
  const owner = await ownerOf(nameOfInstance(key));
  if (owner?.uid === undefined || !existsSync(fileOf(key))) return owner;
  const pid = ownerByFile(lockName, key);
  return pid === undefined || !isAlive(readStat(pid)) ? owner : ofProcess(pid);
}

// Without the user's id: ports are the machine's, so two users' runs must see each other's leases.
function nameOfPort({ transport, host, port }: Binding): string {
  const scope = scopeOf(host);
  return `launch-${transport ?? "port"}-${port}${scope === "every" ? "" : `@${scope}`}`;
}

/** The names of the leases that stand and contend with this one. */
function contenders(binding: Binding): readonly string[] {
  const isContender = (name: string): boolean => {
    const leased = bindingNamed(name);
    return leased !== undefined && overlaps(leased, binding);
  };
  const found = leaseNames().filter(isContender);
  return found.length === 0 ? found : leaseNames(true).filter(isContender);
}

function bindingNamed(name: string): Binding | undefined {
  const [, kind, port, scope] = /^launch-(port|udp)-(\d+)(?:@(.+))?$/.exec(name) ?? [];
  if (port === undefined) return undefined;
  const host = scope === "ipv4" ? "0.0.0.0" : scope;
  return {
    ...(kind === "udp" && { transport: "udp" as const }),
    ...(host !== undefined && { host }),
    port: Number(port),
  };
}

let seen: readonly string[] | undefined;

/** The names of all leases; all that ask in the same turn share one look, unless it must be `fresh`. */
function leaseNames(fresh = false): readonly string[] {
  if (seen !== undefined && !fresh) return seen;
  if (seen === undefined) queueMicrotask(() => (seen = undefined));
  return (seen = hasProc ? abstractNames() : leasesByFile());
}

function abstractNames(): readonly string[] {
  return [...readFileSync("/proc/net/unix", "latin1").matchAll(/ @(launch-(?:port|udp)-\S+)$/gm)].flatMap(
    ([, name]) => name ?? [],
  );
}

async function ownerOf(name: string): Promise<LeaseOwner | undefined> {
  if (hasProc) return ownerBySocket(name);
  const pid = ownerByFile(name);
  return pid === undefined ? undefined : ofProcess(pid);
}

function ofProcess(pid: number): LeaseOwner {
  const run = findRun(pid);
  return { pid, ...(run === undefined ? {} : { run }) };
}

async function ownerBySocket(name: string): Promise<LeaseOwner | undefined> {
  const inode = inodeOf(name);
  if (inode === undefined) return undefined;
  const pid = (await findSocketOwners(new Set([inode]))).get(inode)?.[0];
  // Processes of others cannot be looked at, unless by root.
  const uid = pid === undefined ? await userOfSocket(inode) : readUid(pid);
  const other = uid === undefined || uid === process.getuid?.() ? {} : { uid };
  return pid === undefined ? other : { ...ofProcess(pid), ...other };
}

function inodeOf(name: string): number | undefined {
  const line = readFileSync("/proc/net/unix", "latin1")
    .split("\n")
    .find((row) => row.endsWith(` @${name}`));
  const inode = Number(line?.trim().split(/\s+/)[6]);
  return Number.isInteger(inode) && inode > 0 ? inode : undefined;
}
