// The one place that signals. Everything that ends or wakes a process comes through here, so that no mistake elsewhere can
// reach the system's first process, ourselves, the shell we were started from, or a process that merely got an old number.

import { constants } from "node:os";
import type { NodeSignal } from "../../core/service.ts";
import { now } from "../clock.ts";
import {
  ancestorsOf,
  descendantsOf,
  hasProc,
  isAlive,
  listStats,
  readChildren,
  readStat,
  readUid,
  type ProcessStat,
} from "./proc.ts";

/** Whom to signal. */
export interface Target {
  readonly pid: number;
  /** The process's start time as recorded; another one under the same pid is never signalled. */
  readonly startTicks?: number;
  /** True: the process group whose number is `pid`, its leader alive or not. */
  readonly group?: boolean;
  /** True for what one of our own services became under another user's id; such a process is refused otherwise. */
  readonly anyUser?: boolean;
}

/** `refused` is for what must not or may not be signalled. */
export type SignalResult = "sent" | "gone" | "refused";

/** Who we are, for whoever decides what may be ended. */
export function readOurselves(): { readonly uid?: number; readonly pids: ReadonlySet<number> } {
  const uid = process.getuid?.();
  const pids = new Set([process.pid, ...ancestorsOf(process.pid).map((stat) => stat.pid)]);
  return uid === undefined ? { pids } : { uid, pids };
}

/** Sends a signal to a process or group, after checking that it is who it was and that it may be. */
export function signalProcess(target: Target, signal: NodeSignal): SignalResult {
  const { pid } = target;
  if (!Number.isSafeInteger(pid) || pid <= 1 || !(signal in constants.signals)) return "refused";
  if (isForbidden(target, lineage())) return "refused";

  const stat = readStat(pid);
  if (stat !== undefined && target.startTicks !== undefined && stat.startTicks !== target.startTicks) return "gone";
  // A group lives on without its leader; a process without itself does not, and a zombie has ended.
  if (target.group !== true && !isAlive(stat)) return "gone";
  if (stat !== undefined && target.anyUser !== true && !isOurUsers(stat)) return "refused";
  return send(target.group === true ? -pid : pid, signal);
}

interface Lineage {
  readonly group: number | undefined;
  readonly ancestors: readonly ProcessStat[];
  readonly until: number;
}

let known: Lineage | undefined;

/** Ourselves and whom we descend from, read anew after 50 ms: a hundred signals in a row should not cost a hundred such walks. */
function lineage(): Lineage {
  if (known !== undefined && now() < known.until) return known;
  known = { group: readStat(process.pid)?.group, ancestors: ancestorsOf(process.pid), until: now() + 50 };
  return known;
}

function isForbidden(target: Target, { group, ancestors }: Lineage): boolean {
  if (target.group === true) {
    return target.pid === group || ancestors.some((ancestor) => ancestor.group === target.pid);
  }
  return (
    target.pid === process.pid ||
    target.pid === process.ppid ||
    ancestors.some((ancestor) => ancestor.pid === target.pid)
  );
}

// A child of ours that changed its user (`su`, `setpriv`) is still ours to end; root's right to signal anybody is not used.
function isOurUsers(stat: ProcessStat): boolean {
  const uid = process.getuid?.();
  if (uid === undefined || readUid(stat.pid) === uid) return true;
  return ancestorsOf(stat.pid).some((ancestor) => ancestor.pid === process.pid);
}

function send(pid: number, signal: NodeSignal): SignalResult {
  try {
    process.kill(pid, signal);
    return "sent";
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ESRCH") return "gone";
    if (code === "EPERM") return "refused";
    throw error;
  }
}

/** True while a process of the group has not ended; zombies have. */
export function groupAlive(group: number): boolean {
  if (!Number.isSafeInteger(group) || group <= 1) return false;
  try {
    process.kill(-group, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // The kernel says yes for zombies too, and those stay as long as their parent does not ask for them.
  const leader = readStat(group);
  if (isAlive(leader) && leader.group === group) return true;
  return listStats().some((stat) => stat.group === group && isAlive(stat));
}

/** The process and all its descendants that live now, itself first; empty when it is gone or another has its pid. */
export function readTree(leader: Pick<Target, "pid" | "startTicks">): readonly ProcessStat[] {
  const stats = listStats();
  const root = hasProc ? readStat(leader.pid) : stats.find((stat) => stat.pid === leader.pid);
  if (root === undefined || (leader.startTicks !== undefined && root.startTicks !== leader.startTicks)) return [];
  return [root, ...descendantsOf(root.pid, stats)].filter(isAlive);
}

/** What became of signalling a tree. */
export interface TreeSignalled {
  /** The root's own. */
  readonly result: SignalResult;
  /** Everybody who was to be signalled, the root first. */
  readonly tree: readonly ProcessStat[];
}

/**
 * Signals each process of a tree as it was read, and the children that each has got since then: a shell that waits for a child
 * takes notice of SIGINT only once that child has ended, so a child that is passed over keeps both. What a process starts
 * because of the signal comes later than this looks. A root that refuses keeps the signal from everybody.
 */
export function signalTree([root, ...below]: readonly ProcessStat[], signal: NodeSignal): TreeSignalled {
  if (root === undefined) return { result: "gone", tree: [] };
  const reached = new Map<number, ProcessStat>();
  const signalOne = (stat: ProcessStat): SignalResult => {
    reached.set(stat.pid, stat);
    return signalProcess({ pid: stat.pid, startTicks: stat.startTicks }, signal);
  };
  const result = signalOne(root);
  if (result === "refused") return { result, tree: [root] };
  const queue = [...readChildren(root.pid), ...below];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (!reached.has(next.pid) && signalOne(next) === "sent") queue.push(...readChildren(next.pid));
  }
  return { result, tree: [...reached.values()] };
}
