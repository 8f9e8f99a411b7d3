// The lock of a state directory by itself, for whoever needs no more than that: a name, or a file where another user has the name.

import { existsSync, lstatSync, rmSync } from "node:fs";
import { BoundSocket } from "node:net";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { hasProc } from "../processes/proc.ts";
import { leaseByFile } from "./lease-files.ts";
import type { Lease } from "./lease.ts";

/** What the lock is called where it is a file. */
export const lockName = "instance";

/** The file that is the lock where another user has its name. */
export function fileOf(directory: string): string {
  return join(directory, `${lockName}.lease`);
}

/** The lock by that file. */
export function lockFile(directory: string): Lease | undefined {
  for (const path of [fileOf(directory), join(directory, `${lockName}.owner`)]) {
    // What is no file was not made by us, and would lead elsewhere.
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) rmSync(path, { recursive: true });
  }
  return leaseByFile(lockName, directory);
}

/** Both leases as one; none where one is missing. */
export function joined(first: Lease, second: Lease | undefined): Lease | undefined {
  if (second === undefined) {
    first[Symbol.dispose]();
    return undefined;
  }
  const dispose = (): void => {
    second[Symbol.dispose]();
    first[Symbol.dispose]();
  };
  return { name: first.name, [Symbol.dispose]: dispose };
}

/**
 * Locks the state directory of a run that is over, for whoever tidies up after it; undefined while anybody else is at it. Another
 * user who has the name counts for nobody where the run had a file for its lock.
 */
export function lockToTidy(key: string): Lease | undefined {
  const own = lease(nameOfInstance(key));
  if (!existsSync(fileOf(key))) return own;
  return own === undefined ? lockFile(key) : joined(own, lockFile(key));
}

/** The name of a state directory's lock; `key` is its real path. */
export function nameOfInstance(key: string): string {
  // An abstract name has at most 107 bytes and a path may have more: of a long one its end, which is what differs, and a checksum.
  const bytes = Buffer.from(key);
  const sum = crc32(bytes).toString(16);
  return `launch-instance-${sum}-${bytes.length}-${bytes.subarray(-32).toString("hex")}`;
}

/** Takes a name; undefined when another has it. */
export function lease(name: string): Lease | undefined {
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
