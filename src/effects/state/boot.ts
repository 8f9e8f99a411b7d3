// Where and when a pid means something: the boot, the pid namespace, and the directory that a state was written for.

import { readFileSync, readlinkSync, statSync } from "node:fs";
import { now } from "../clock.ts";

/** This boot of this machine, seen from this pid namespace; undefined where the system does not tell, and then nothing old is believed. */
export function readBoot(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // A container shares the boot with its host, and numbers its processes anew.
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}

/** Which directory this is, by whatever path: it stays the same when moved, and a copy is another. */
export function readPlace(directory: string): string | undefined {
  const stat = statSync(directory, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/** Milliseconds since boot, the same for all processes and no matter what the wall clock says. */
export function sinceBoot(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** A time of this process's clock in milliseconds since boot, as the next engine understands it. */
export function toBoot(at: number): number {
  return Math.round(at - now() + sinceBoot());
}

/** A time in milliseconds since boot on this process's clock; what was before it began is negative. */
export function fromBoot(time: number): number {
  return time - sinceBoot() + now();
}
