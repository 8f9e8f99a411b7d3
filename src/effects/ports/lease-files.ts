// Leases where there are no abstract Unix sockets (macOS): an exclusive SQLite transaction per lease, whose file lock the
// kernel takes back however the owner dies. Unlike ports these are one user's: another user's run is not seen.

import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPlain } from "../files/plain.ts";
import type { Lease } from "./lease.ts";
import { runsDirectory } from "../state/registry.ts";

/** The named lease, or `undefined` when another has it. */
export function leaseByFile(name: string, directory: string | undefined = runsDirectory()): Lease | undefined {
  if (directory === undefined) return undefined;
  // Loaded here, because it costs some milliseconds and Linux never needs it.
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const database = new DatabaseSync(join(directory, `${name}.lease`), { timeout: 0 });
  try {
    database.exec("pragma journal_mode = delete; begin exclusive");
  } catch (error) {
    database.close();
    if ((error as { readonly errcode?: unknown }).errcode === busy) return undefined;
    throw error;
  }
  // In a file of its own: reading the database's file from this process would drop its lock.
  const owner = join(directory, `${name}.owner`);
  writeFileSync(owner, String(process.pid));
  return {
    name,
    [Symbol.dispose]: () => {
      if (!database.isOpen) return;
      rmSync(owner, { force: true });
      database.close();
    },
  };
}

/** The pid that the lease's owner wrote beside it; it may be dead. */
export function ownerByFile(name: string, directory: string | undefined = runsDirectory()): number | undefined {
  try {
    const pid = Number(readPlain(join(directory ?? "", `${name}.owner`)).toString());
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The names of the leases that somebody has, this process included. */
export function leasesByFile(directory: string | undefined = runsDirectory()): readonly string[] {
  if (directory === undefined) return [];
  const names = readdirSync(directory).flatMap((entry) => /^(.*)\.lease$/.exec(entry)?.[1] ?? []);
  // A file stays when its lease has ended: only one that cannot be had is somebody's.
  return names.filter((name) => {
    using lease = leaseByFile(name, directory);
    return lease === undefined;
  });
}

const busy = 5;
