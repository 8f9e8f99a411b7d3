// Leases among runs of `launch`: a port for a whole run, and a state directory for one run at a time. The kernel keeps
// them and takes them back however their owner dies, so there is nothing stale to clean up.
// Linux: an abstract Unix socket per lease, visible exactly where ports are (the network namespace). Elsewhere: `lease-files.ts`.

import { crc32 } from "node:zlib";
import { readFileSync } from "node:fs";
import { BoundSocket } from "node:net";
import { findSocketOwners } from "./holders.ts";
import type { Lease } from "./lease.ts";
import { leaseByFile, leasesByFile, ownerByFile } from "./lease-files.ts";
import { type Binding, overlaps, scopeOf } from "../../plan/binding.ts";
import { hasProc } from "../processes/proc.ts";
import { findRun, type Run } from "../state/registry.ts";

/** Who has a lease: a run of this user, or only a pid when it has not said who it is. */
export interface LeaseOwner {
  readonly pid: number;
  readonly run?: Run;
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

/** Locks a state directory for one run; `key` is its real path. `undefined` when a run has it. */
export function lockInstance(key: string): Lease | undefined {
  return lease(nameOfInstance(key));
}

/** The run that leased the port, or one that contends with it; `undefined` when nobody did or another user's run did. */
export async function leaseOwner(binding: Binding): Promise<LeaseOwner | undefined> {
  for (const name of new Set([nameOfPort(binding), ...contenders(binding)])) {
    const owner = await ownerOf(name);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** The run that locked the state directory. */
export async function instanceOwner(key: string): Promise<LeaseOwner | undefined> {
  return ownerOf(nameOfInstance(key));
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

// An abstract name has at most 107 bytes and a path may have more: of a long one its end, which is what differs, and a checksum.
function nameOfInstance(key: string): string {
  const bytes = Buffer.from(key);
  const sum = crc32(bytes).toString(16);
  return `launch-instance-${sum}-${bytes.length}-${bytes.subarray(-32).toString("hex")}`;
}

function lease(name: string): Lease | undefined {
  if (!hasProc) return leaseByFile(name);
  try {
    // Node opens it close-on-exec, so no child keeps it. The path form of BoundSocket is in Node's documentation.
    const bound = new BoundSocket({ path: `\0${name}` } as ConstructorParameters<typeof BoundSocket>[0]);
    return { name, [Symbol.dispose]: () => bound[Symbol.dispose]() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}

async function ownerOf(name: string): Promise<LeaseOwner | undefined> {
  const pid = hasProc ? await ownerBySocket(name) : ownerByFile(name);
  if (pid === undefined) return undefined;
  const run = findRun(pid);
  return { pid, ...(run === undefined ? {} : { run }) };
}

async function ownerBySocket(name: string): Promise<number | undefined> {
  const inode = inodeOf(name);
  if (inode === undefined) return undefined;
  return (await findSocketOwners(new Set([inode]))).get(inode)?.[0];
}

function inodeOf(name: string): number | undefined {
  const line = readFileSync("/proc/net/unix", "latin1")
    .split("\n")
    .find((row) => row.endsWith(` @${name}`));
  const inode = Number(line?.trim().split(/\s+/)[6]);
  return Number.isInteger(inode) && inode > 0 ? inode : undefined;
}
