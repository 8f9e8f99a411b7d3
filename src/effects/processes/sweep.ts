// Ends what a service started and what then left it: by the tag that it cannot shake off, by group and session, by
// `LAUNCH_RUN` in its environment. Asked to end, waited for, killed; over when four looks in a row have found nothing.

import type { Leftover } from "../../core/notice.ts";
import type { Millis, NodeSignal } from "../../core/service.ts";
import { now, sleep } from "../clock.ts";
import { ancestorsOf, hasProc, isAlive, readCommand, readStat } from "./proc.ts";
import { lookAround, type Seen } from "./scan.ts";
import { signalProcess } from "./signal.ts";
import { isShared } from "./spare.ts";
import { isTagOf, type TagParts } from "./tag.ts";

/** Whom a sweep is for; a process belongs if one of these says so. */
export interface Sought {
  readonly tag?: Pick<TagParts, "instance"> & Partial<TagParts>;
  /** Leaders of groups and sessions, living or not. */
  readonly leaders: readonly Leader[];
  /** Whether this `LAUNCH_RUN` is one of those sought. */
  readonly isMarker: (marker: string) => boolean;
  /** In clock ticks since boot: nothing older belongs. */
  readonly since: number;
}

/** A process that led a group and session of its own. */
export interface Leader {
  readonly pid: number;
  readonly startTicks?: number;
  /** What its members are asked to end by, and how long they have; else as the sweep says. */
  readonly signal?: NodeSignal;
  readonly graceMs?: Millis;
}

/** How what is found is ended. */
export interface SweepOptions {
  /** Sent first, followed by SIGCONT. */
  readonly signal: NodeSignal;
  readonly graceMs: Millis;
  /** Aborted: the grace is over at once. */
  readonly hurry?: AbortSignal;
  /** Names of programs that are let live besides those that everybody shares. */
  readonly spare: readonly string[];
  /** A process that must live besides ourselves, our group, and our ancestors. */
  readonly keep?: number;
}

/** A process that was found. */
export interface SweptProcess extends Leftover {
  readonly tag?: TagParts;
}

/** What a sweep has found; of several with the same command line and tag the first. */
export interface Swept {
  readonly ended: readonly SweptProcess[];
  readonly alive: readonly SweptProcess[];
  readonly spared: readonly SweptProcess[];
}

/** Looks in a row that must find nothing: a process that forks and goes on may hide from one of them. */
const emptyLooks = 4;
/** What was found once may already be ending. */
const confirmAfter = 10;
/** Between two looks at those that were asked to end. */
const interval = 10;
/** After SIGKILL, until they count as not to be ended. */
const afterKill = 2000;

interface Found {
  readonly seen: Seen;
  readonly command: string;
  readonly deadline: number;
}

/** Ends all that belongs; does nothing where there is no `/proc`. */
export async function sweep(sought: Sought, options: SweepOptions): Promise<Swept> {
  const found = new Map<string, Found>();
  const spared = new Map<string, SweptProcess>();
  const isOurs = belongingTo(sought);
  const isProtected = protectedFrom(options);
  let killedSince: number | undefined;
  let isConfirmed = false;

  let empty = hasProc ? 0 : emptyLooks;
  while (empty < emptyLooks) {
    const seen = await lookAround(sought.since);
    const victims = seen.filter(
      (one) => isOurs(one) && !isProtected(one) && !isSpared(one, sought, options.spare, spared),
    );
    if (victims.length === 0) {
      empty++;
      continue;
    }
    empty = 0;
    if (!isConfirmed) {
      isConfirmed = true;
      await sleep(confirmAfter);
      continue;
    }
    for (const victim of victims) meet(victim, found, sought, options);
    const late = victims.filter((one) => isDue(found.get(keyOf(one)), options));
    if (late.length > 0) {
      if (killedSince !== undefined && now() - killedSince > afterKill) break;
      killedSince ??= now();
      kill(late, seen, isOurs);
    }
    await waitForEnd(victims, found, options);
  }
  const met = [...found.values()];
  const alive = met.filter(({ seen }) => lives(seen));
  return {
    ended: listed(met.filter((one) => !alive.includes(one))),
    alive: listed(alive),
    spared: [...spared.values()],
  };
}

/** A test for processes that a sweep would be for. */
/** Whether a process belongs. */
export function belongingTo(sought: Sought): (one: Seen) => boolean {
  const leaders = new Map(sought.leaders.map((leader) => [leader.pid, leader]));
  return (one) =>
    one.startTicks >= sought.since &&
    ((sought.tag !== undefined && isTagOf(one.tag, sought.tag)) ||
      leaderOf(one, leaders) !== undefined ||
      hasMarker(one, sought));
}

// Whose tag is another's is another's, unless we have none ourselves because we carry that very tag.
function hasMarker(one: Seen, { tag, isMarker }: Sought): boolean {
  if (tag !== undefined && one.tag !== undefined) return false;
  const marker = one.marker();
  return marker !== undefined && isMarker(marker);
}

/** The leader whose group or session the process is in, unless the number has been given to another since. */
function leaderOf(one: Seen, leaders: ReadonlyMap<number, Leader>): Leader | undefined {
  for (const number of [one.group, one.session]) {
    const leader = leaders.get(number);
    if (leader === undefined) continue;
    const now = one.pid === number ? one : readStat(number);
    // While one member lives the number of its group is nobody else's.
    if (now === undefined || leader.startTicks === undefined || now.startTicks === leader.startTicks) return leader;
  }
  return undefined;
}

function protectedFrom({ keep }: SweepOptions): (one: Seen) => boolean {
  const group = readStat(process.pid)?.group;
  const pids = new Set([1, process.pid, keep, ...ancestorsOf(process.pid).map(({ pid }) => pid)]);
  return (one) => pids.has(one.pid) || one.group === group;
}

function isSpared(one: Seen, sought: Sought, own: readonly string[], spared: Map<string, SweptProcess>): boolean {
  // Who stayed with the service is the service's own.
  if (sought.leaders.some(({ pid }) => pid === one.group || pid === one.session)) return false;
  const command = readCommand(one.pid) ?? one.name;
  if (!isShared(one.name, command, own)) return false;
  // A browser's many processes are one to a person.
  if (!command.includes(" --type=")) spared.set(command, sweptOf(one, command));
  return true;
}

function meet(one: Seen, found: Map<string, Found>, sought: Sought, options: SweepOptions): void {
  const key = keyOf(one);
  if (found.has(key)) return;
  const leader = leaderOf(one, new Map(sought.leaders.map((known) => [known.pid, known])));
  const graceMs = leader?.graceMs ?? options.graceMs;
  // Those who come later have no more time than the first.
  const first = Math.min(...[...found.values()].map(({ deadline }) => deadline), Number.POSITIVE_INFINITY);
  const deadline = leader === undefined ? Math.min(first, now() + graceMs) : now() + graceMs;
  found.set(key, { seen: one, command: readCommand(one.pid) ?? `[${one.name}]`, deadline });
  signalProcess(targetOf(one), leader?.signal ?? options.signal);
  // A stopped process acts on nothing until it is continued.
  signalProcess(targetOf(one), "SIGCONT");
}

function isDue(found: Found | undefined, { hurry }: SweepOptions): boolean {
  return hurry?.aborted === true || (found !== undefined && found.deadline <= now());
}

/** Whole groups first: one signal reaches all of a group before any of it can fork. */
function kill(victims: readonly Seen[], seen: readonly Seen[], isOurs: (one: Seen) => boolean): void {
  const mixed = new Set(seen.filter((one) => !isOurs(one)).map(({ group }) => group));
  for (const group of new Set(victims.map((one) => one.group))) {
    if (!mixed.has(group)) signalProcess({ pid: group, group: true, anyUser: true }, "SIGKILL");
  }
  for (const one of victims) signalProcess(targetOf(one), "SIGKILL");
}

async function waitForEnd(
  victims: readonly Seen[],
  found: ReadonlyMap<string, Found>,
  options: SweepOptions,
): Promise<void> {
  for (;;) {
    const left = victims.filter(lives);
    if (left.length === 0 || left.some((one) => isDue(found.get(keyOf(one)), options))) break;
    await sleep(interval);
  }
}

function targetOf({ pid, startTicks }: Seen): { pid: number; startTicks: number; anyUser: true } {
  return { pid, startTicks, anyUser: true };
}

function lives({ pid, startTicks }: Seen): boolean {
  const stat = readStat(pid);
  return isAlive(stat) && stat.startTicks === startTicks;
}

function keyOf({ pid, startTicks }: Seen): string {
  return `${pid} ${startTicks}`;
}

function listed(found: readonly Found[]): readonly SweptProcess[] {
  const first = new Map<string, SweptProcess>();
  for (const { seen, command } of found) {
    const key = `${seen.tag?.service} ${seen.tag?.run} ${command}`;
    if (!first.has(key)) first.set(key, sweptOf(seen, command));
  }
  return [...first.values()];
}

function sweptOf({ pid, tag }: Seen, command: string): SweptProcess {
  return tag === undefined ? { pid, command } : { pid, command, tag };
}
