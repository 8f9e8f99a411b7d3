// Whether a socket belongs to a service: its own process tree, whatever has become of the leader.

import { findSocketOwners, hasSocket } from "./holders.ts";
import { hasTag } from "../processes/tag.ts";
import { ancestorsOf, descendantsOf, hasProc, listStats, readStat, readVariables } from "../processes/proc.ts";

/** One run of a service, as its processes are recognised. */
export interface Leader {
  /** Also the number of its process group and session. */
  readonly pid: number;
  /** With the pid it names one process for ever; not given: taken as it is. */
  readonly startTicks?: number;
  /** What all that it started has inherited. */
  readonly tag?: string;
}

/**
 * Whether the socket is open in the leader's group, session or descendants, or in a process that carries its tag or
 * `LAUNCH_RUN=<marker>`; `unknown` when no process that has it open can be seen.
 */
export async function owns(leader: Leader, inode: number, marker: string): Promise<"yes" | "no" | "unknown"> {
  if (!hasProc || inode <= 0) return "unknown";
  const isLeader = isSameProcess(leader);
  // Almost always the leader itself, or one of a few processes below it.
  if (isLeader && hasSocket(leader.pid, inode)) return "yes";
  const stats = listStats();
  const tree = isLeader ? descendantsOf(leader.pid, stats).map((stat) => stat.pid) : [];
  const group = isReused(leader)
    ? []
    : stats.filter((stat) => stat.group === leader.pid || stat.session === leader.pid).map((stat) => stat.pid);
  if ([...new Set([...tree, ...group])].some((pid) => hasSocket(pid, inode))) return "yes";

  const owners = (await findSocketOwners(new Set([inode]))).get(inode) ?? [];
  if (owners.length === 0) return "unknown";
  return owners.some((pid) => belongs(pid, leader, marker)) ? "yes" : "no";
}

/** Whether a process is one of the run's. Asked for each: a worker may have been born since any tree was read. */
export function belongs(pid: number, leader: Leader, marker: string): boolean {
  if (leader.tag !== undefined && hasTag(pid, leader.tag)) return true;
  if (readVariables(pid, ["LAUNCH_RUN"])?.["LAUNCH_RUN"] === marker) return true;
  if (isReused(leader)) return false;
  if (pid === leader.pid) return true;
  const stat = readStat(pid);
  if (stat !== undefined && (stat.group === leader.pid || stat.session === leader.pid)) return true;
  return isSameProcess(leader) && ancestorsOf(pid).some((ancestor) => ancestor.pid === leader.pid);
}

function isSameProcess(leader: Leader): boolean {
  const stat = readStat(leader.pid);
  return stat !== undefined && (leader.startTicks === undefined || stat.startTicks === leader.startTicks);
}

// While one member of a group lives its number is not given to a new process, so a new process means that the group is gone.
function isReused(leader: Leader): boolean {
  const stat = readStat(leader.pid);
  return stat !== undefined && leader.startTicks !== undefined && stat.startTicks !== leader.startTicks;
}
