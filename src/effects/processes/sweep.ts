// Ends what a service started and what then left it: by the tag that it cannot shake off, by group and session, by
// `LAUNCH_RUN` in its environment. Asked to end, waited for, killed; over when four looks in a row have found nothing.

import type { Leftover } from "../../core/notice.ts";
import type { Millis, NodeSignal } from "../../core/service.ts";
import { now, sleep } from "../clock.ts";
import { killCgroup } from "./cgroup.ts";
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
  /** Killed as a whole in the place of one by one, unless somebody in it is spared. */
  readonly cgroup?: string;
  /** True: nothing else goes on in this process. */
  readonly isAlone?: boolean;
  /** True: who belongs is ended in our own process group too, which is spared otherwise. */
  readonly isInOurGroup?: boolean;
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
/** After its SIGKILL, until a process counts as not to be ended. */
const afterKill = 2000;
/** From the first SIGKILL, until those that go on as somebody else are given up. */
const longestChase = 30_000;

interface Found {
  readonly seen: Seen;
  readonly command: string;
  /** When it is killed. */
  readonly deadline: number;
  killedAt?: number;
}

/** Ends all that belongs; does nothing where there is no `/proc`. */
export async function sweep(sought: Sought, options: SweepOptions): Promise<Swept> {
  const found = new Map<string, Found>();
  const spared = new Map<string, SweptProcess>();
  const sparedGroups = new Set<number>();
  const isOurs = belongingTo(sought);
  const isProtected = protectedOnes(options.isInOurGroup === true);
  const leaders = new Map(sought.leaders.map((leader) => [leader.pid, leader]));
  let chaseUntil = Number.POSITIVE_INFINITY;
  let victims: Seen[] = [];

  const isDue = (one: Seen): boolean => {
    const { deadline = Number.POSITIVE_INFINITY } = found.get(keyOf(one)) ?? {};
    return options.hurry?.aborted === true || deadline <= now();
  };

  const meet = (one: Seen): Found => {
    const leader = leaderOf(one, leaders);
    // Those who come later have no more time than the first.
    const first = Math.min(...[...found.values()].map(({ deadline }) => deadline));
    const deadline = now() + (leader?.graceMs ?? options.graceMs);
    const command = readCommand(one.pid) ?? `[${one.name}]`;
    const met = { seen: one, command, deadline: leader === undefined ? Math.min(first, deadline) : deadline };
    found.set(keyOf(one), met);
    if (isDue(one)) return met;
    signalProcess(targetOf(one), leader?.signal ?? options.signal);
    // A stopped process acts on nothing until it is continued.
    signalProcess(targetOf(one), "SIGCONT");
    return met;
  };

  // The whole group at once where it can be: then none of it can fork meanwhile.
  const kill = (one: Seen, met: Found): void => {
    met.killedAt ??= now();
    chaseUntil = Math.min(chaseUntil, now() + longestChase);
    if (options.cgroup !== undefined && spared.size === 0) killCgroup(options.cgroup);
    const isGroupOurs = (one.pid === one.group || leaders.has(one.group)) && !sparedGroups.has(one.group);
    if (isGroupOurs) signalProcess({ pid: one.group, group: true, anyUser: true }, "SIGKILL");
    signalProcess(targetOf(one), "SIGKILL");
  };

  const isVictim = (one: Seen): boolean => {
    if (!isOurs(one) || isProtected(one)) return false;
    const { killedAt } = found.get(keyOf(one)) ?? {};
    if (killedAt !== undefined && now() - killedAt > afterKill) return false;
    const shared = sharedBy(one, sought, options.spare);
    if (shared === undefined) return true;
    sparedGroups.add(one.group);
    // A browser's many processes are one to a person.
    if (!shared.includes(" --type=")) spared.set(shared, sweptOf(one, shared));
    return false;
  };

  const collect = (one: Seen): void => {
    if (isVictim(one)) victims.push(one);
  };
  const act = (one: Seen): void => {
    if (!isVictim(one)) return;
    victims.push(one);
    const met = found.get(keyOf(one)) ?? meet(one);
    if (isDue(one)) kill(one, met);
  };

  const isAlone = options.isAlone === true;
  let visit = isAlone ? act : collect;
  let empty = hasProc ? 0 : emptyLooks;
  while (empty < emptyLooks && now() < chaseUntil) {
    victims = [];
    await lookAround(sought.since, { visit, isAlone });
    empty = victims.length === 0 ? empty + 1 : 0;
    if (victims.length === 0) continue;
    if (visit === collect) await sleep(confirmAfter);
    else await waitForEnd(victims, isDue);
    visit = act;
  }
  const met = [...found.values()];
  const alive = met.filter(({ seen }) => lives(seen));
  return {
    ended: listed(met.filter((one) => !alive.includes(one))),
    alive: listed(alive),
    spared: [...spared.values()],
  };
}

/** What belongs and lives, oldest first and what is about to end last, without what others use too; empty where there is no `/proc`. */
export async function findLiving(sought: Sought, spare: readonly string[]): Promise<readonly SweptProcess[]> {
  if (!hasProc) return [];
  const isOurs = belongingTo(sought);
  const isProtected = protectedOnes(false);
  const seen = await lookAround(sought.since);
  return seen
    .filter((one) => isOurs(one) && !isProtected(one) && sharedBy(one, sought, spare) === undefined)
    .map((one) => ({ one, command: readCommand(one.pid) }))
    .toSorted(
      (a, b) => rank(a.command) - rank(b.command) || a.one.startTicks - b.one.startTicks || a.one.pid - b.one.pid,
    )
    .map(({ one, command = `[${one.name}]` }) => sweptOf(one, command));
}

// A process that is ending has no command line any more.
function rank(command: string | undefined): number {
  return command === undefined ? 1 : 0;
}

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

function protectedOnes(isInOurGroup: boolean): (one: Seen) => boolean {
  const group = readStat(process.pid)?.group;
  const pids = new Set([1, process.pid, ...ancestorsOf(process.pid).map(({ pid }) => pid)]);
  return (one) => pids.has(one.pid) || (one.group === group && !isInOurGroup);
}

/** The command line of what others use too; undefined for what is the service's own, as all is that stayed with it. */
function sharedBy(one: Seen, sought: Sought, own: readonly string[]): string | undefined {
  if (sought.leaders.some(({ pid }) => pid === one.group || pid === one.session)) return undefined;
  const command = readCommand(one.pid) ?? one.name;
  return isShared(one.name, command, own) ? command : undefined;
}

async function waitForEnd(victims: readonly Seen[], isDue: (one: Seen) => boolean): Promise<void> {
  for (;;) {
    const left = victims.filter(lives);
    if (left.length === 0 || left.some(isDue)) return;
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
