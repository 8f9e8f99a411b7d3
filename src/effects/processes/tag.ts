// The tag that everything a service starts inherits: the soft limit on file locks, which Linux no longer heeds but hands on
// over fork, exec, `setsid` and emptied environments, and shows to everybody. A tag names the instance, the service, the run.

import { readFileSync } from "node:fs";
import { randomHex } from "../random.ts";

/** Whom a tag names. */
export interface TagParts {
  /** Which engine, of 29 bits, by chance; the same for an engine that takes over from it. */
  readonly instance: number;
  /** The service's number in the run, of 12 bits. */
  readonly service: number;
  /** The service's run, of 20 bits. */
  readonly run: number;
}

// Bit 61 says that it is one of ours; what is above is `unlimited` to the system.
const ours = 1n << 61n;
const instanceBits = 29n;
const serviceBits = 12n;
const runBits = 20n;

/** A number for a new engine; two of the same machine have the same one in a case of 500 million. */
export function newInstance(): number {
  return 1 + (Number.parseInt(randomHex(4), 16) % (2 ** Number(instanceBits) - 1));
}

/** The tag as `ulimit` takes it; numbers too great for their bits begin anew at 0. */
export function formatTag({ instance, service, run }: TagParts): string {
  const low = (part(service, serviceBits) << runBits) | part(run, runBits);
  return String(ours | (part(instance, instanceBits) << (serviceBits + runBits)) | low);
}

/** Whom this soft limit names; undefined for a limit that is none of ours. */
export function parseTag(limit: string): TagParts | undefined {
  if (!/^\d{19}$/.test(limit)) return undefined;
  const tag = BigInt(limit);
  if (tag >> 61n !== 1n) return undefined;
  return {
    instance: Number((tag >> (serviceBits + runBits)) & mask(instanceBits)),
    service: Number((tag >> runBits) & mask(serviceBits)),
    run: Number(tag & mask(runBits)),
  };
}

/** Whom a process's limits name, given the text of its `/proc/PID/limits`. */
export function tagIn(limits: string): TagParts | undefined {
  const limit = softLimit(limits);
  return limit === undefined ? undefined : parseTag(limit);
}

/** Whom a process's own tag names; undefined for one that has none or is gone. */
export function readTag(pid: number): TagParts | undefined {
  try {
    return tagIn(readFileSync(`/proc/${pid}/limits`, "latin1"));
  } catch {
    return undefined;
  }
}

/** True when the process carries exactly this tag. */
export function hasTag(pid: number, tag: string): boolean {
  const parts = readTag(pid);
  return parts !== undefined && formatTag(parts) === tag;
}

/** True when the tag names this instance and, where they are given, this service and run of it. */
export function isTagOf(tag: TagParts | undefined, sought: Pick<TagParts, "instance"> & Partial<TagParts>): boolean {
  if (tag === undefined || tag.instance !== sought.instance) return false;
  if (sought.service !== undefined && tag.service !== Number(part(sought.service, serviceBits))) return false;
  return sought.run === undefined || tag.run === Number(part(sought.run, runBits));
}

/**
 * Whether what we start can be tagged: not without `/proc`, not where the hard limit is lower, and not when we carry a tag
 * ourselves, since whoever gave it to us must find what we started.
 */
export function canTag(): boolean {
  let limits: string;
  try {
    limits = readFileSync("/proc/self/limits", "latin1");
  } catch {
    return false;
  }
  return tagIn(limits) === undefined && /^Max file locks +\S+ +unlimited /m.test(limits);
}

function softLimit(limits: string): string | undefined {
  return /^Max file locks +(\S+)/m.exec(limits)?.[1];
}

function part(value: number, bits: bigint): bigint {
  return BigInt(value) & mask(bits);
}

function mask(bits: bigint): bigint {
  return (1n << bits) - 1n;
}
