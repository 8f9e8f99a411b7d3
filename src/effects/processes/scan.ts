// One look at every process of the machine, for whoever looks for those that belong together. It is read in portions, so that
// the loop lives meanwhile, and all who ask in the same turn are given the same look.

import { closeSync, openSync, readSync } from "node:fs";
import { nextTurn, now } from "../clock.ts";
import { isAlive, listPids, parseStat, type ProcessStat } from "./proc.ts";
import { tagIn, type TagParts } from "./tag.ts";

/** A living process as it was seen. */
export interface Seen extends ProcessStat {
  readonly tag?: TagParts;
  /** What `LAUNCH_RUN` holds in its environment, where that may be read. */
  readonly marker: () => string | undefined;
}

/** How to look. */
export interface LookOptions {
  /** Called for each process as soon as it has been read, since it may be another a moment later. */
  readonly visit?: (one: Seen) => void;
  /** True: nothing else goes on in this process, so nothing has to get its turn meanwhile. */
  readonly isAlone?: boolean;
}

interface Look {
  /** In clock ticks since boot: what began earlier is looked at no closer. */
  since: number;
  readonly visits: ((one: Seen) => void)[];
  readonly result: Promise<readonly Seen[]>;
}

/** Processes that are read before others get their turn, about a millisecond. */
const portion = 40;
/** How often all are listed: the second time what has begun meanwhile is read. */
const rounds = 2;
const buffer = Buffer.alloc(256 * 1024);

/** For so long a number is not given to another process, in milliseconds: the system goes through all the others first. */
const unused = 1000;

// What was too old to matter in the looks just before, or dead, is not read again: pid to start time.
const old = new Map<number, number>();
let oldUntil = 0;

let next: Look | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Looks at all living processes that began at `since` or later, in clock ticks since boot; the look is later than now. */
export function lookAround(since: number, { visit, isAlone = false }: LookOptions = {}): Promise<readonly Seen[]> {
  if (next !== undefined) {
    next.since = Math.min(next.since, since);
    if (visit !== undefined) next.visits.push(visit);
    return next.result;
  }
  const { promise: turn, resolve } = Promise.withResolvers<void>();
  const visits = visit === undefined ? [] : [visit];
  const look: Look = { since, visits, result: Promise.all([turn, last]).then(() => readAll(look, isAlone)) };
  next = look;
  last = look.result;
  nextTurn(resolve);
  return look.result;
}

async function readAll(look: Look, isAlone: boolean): Promise<readonly Seen[]> {
  // From here on it is too late to be given this look.
  if (next === look) next = undefined;
  const found: Seen[] = [];
  const read = new Set<number>();
  if (now() > oldUntil) {
    old.clear();
    oldUntil = now() + unused;
  }
  for (let round = 0; round < rounds; round++) {
    // The youngest first: one that forks and goes on would be another by the time it is come to.
    const unread = listPids()
      .filter((pid) => !read.has(pid) && (old.get(pid) ?? look.since) >= look.since)
      .sort((one, other) => other - one);
    if (unread.length === 0) break;
    for (const pid of unread) {
      read.add(pid);
      const seen = readOne(pid, look.since);
      if (seen !== undefined) {
        found.push(seen);
        for (const visit of look.visits) visit(seen);
      }
      if (!isAlone && read.size % portion === 0) await new Promise<void>((resolve) => void nextTurn(resolve));
    }
  }
  return found;
}

function readOne(pid: number, since: number): Seen | undefined {
  const stat = parseStat(read(`/proc/${pid}/stat`) ?? "");
  if (stat === undefined) return undefined;
  if (!isAlive(stat) || stat.startTicks < since) {
    // The dead that nobody has asked for are never alive again.
    old.set(pid, isAlive(stat) ? stat.startTicks : Number.NEGATIVE_INFINITY);
    return undefined;
  }
  const tag = tagIn(read(`/proc/${pid}/limits`) ?? "");
  let marker: string | false | undefined;
  return {
    ...stat,
    ...(tag !== undefined && { tag }),
    marker: () => (marker ??= readMarker(pid) ?? false) || undefined,
  };
}

function readMarker(pid: number): string | undefined {
  return /(?:^|\0)LAUNCH_RUN=([^\0]*)/.exec(read(`/proc/${pid}/environ`) ?? "")?.[1];
}

// Half of what `readFileSync` takes, which asks for the size first.
function read(path: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    return buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
