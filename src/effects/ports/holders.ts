// Who holds a port: listening sockets joined with the descriptors of all processes, in one pass for all ports asked for.

import { readdirSync, readlinkSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Holder, HolderKnowledge } from "../../core/conflict.ts";
import { type Binding, overlaps } from "../../plan/binding.ts";
import {
  ancestorsOf,
  hasProc,
  listPids,
  readCgroup,
  readCommand,
  readCwd,
  readStat,
  readUid,
  readVariables,
  startedAt,
  userName,
  type ProcessStat,
} from "../processes/proc.ts";
import { findRun, findRunOf, type Run } from "../state/registry.ts";
import { type Belonging, belongingOf } from "./belonging.ts";
import { readListeners, type Listener } from "./sockets.ts";

/** The run that asks: its own earlier processes are told apart from strangers. */
export interface AskingRun {
  readonly root: string;
  readonly instance: string;
}

/** Who listens where these want to, as a question that may be asked for each of them; nobody listens: `undefined`. */
export async function findHolders(
  wanted: readonly Binding[],
  asking?: AskingRun,
): Promise<(binding: Binding) => HolderKnowledge | undefined> {
  const transports = [...new Set(wanted.map(({ transport }) => transport))];
  const tables = await Promise.all(transports.map((transport) => readListeners(transport)));
  const rows = tables.flat().filter((row) => wanted.some((binding) => overlaps(binding, bindingOfRow(row))));
  const owners = await findSocketOwners(new Set(rows.map((row) => row.inode)));
  const known = rows.map((row) => ({ binding: bindingOfRow(row), holder: knowledgeOf(row, owners, asking) }));
  return (binding) => {
    const holders = known.filter((one) => overlaps(one.binding, binding)).map(({ holder }) => holder);
    // Of several listeners on one number, one whose process is known says most.
    return holders.find(({ kind }) => kind === "process") ?? holders[0];
  };
}

function bindingOfRow({ transport, address, port }: Listener): Binding {
  return { ...(transport !== undefined && { transport }), host: address, port };
}

function knowledgeOf(
  row: Listener,
  owners: ReadonlyMap<number, readonly number[]>,
  asking: AskingRun | undefined,
): HolderKnowledge {
  const pids = row.pid === undefined ? (owners.get(row.inode) ?? []) : [row.pid];
  const pid = topmost(withoutEngines(pids));
  // An engine alone listens for a service that does not run.
  const run = pid === undefined ? undefined : findRun(pid);
  if (run !== undefined) return { kind: "lease", project: { name: run.name, root: run.root, pid: run.pid } };
  const holder = pid === undefined ? undefined : describeHolder(pid, asking, bindingOfRow(row));
  if (holder !== undefined) return { kind: "process", holder };
  if (row.uid < 0 || row.uid === process.getuid?.()) return { kind: "unknown", listening: true };
  const user = userName(row.uid);
  return { kind: "other-user", uid: row.uid, ...(user === undefined ? {} : { user }) };
}

// An engine that listens for a service has the socket open with it: it is the service that serves there.
function withoutEngines(pids: readonly number[]): readonly number[] {
  if (pids.length < 2) return pids;
  const markers = new Map(pids.map((pid) => [pid, readVariables(pid, ["LAUNCH_RUN"])?.["LAUNCH_RUN"]]));
  const isEngineOf = (pid: number, other: number): boolean =>
    // What shows a title of its own has written over its environment.
    (findRun(pid) !== undefined || (markers.get(other) !== undefined && markers.get(other) !== markers.get(pid))) &&
    ancestorsOf(other).some((ancestor) => ancestor.pid === pid);
  return pids.filter((pid) => !pids.some((other) => isEngineOf(pid, other)));
}

// Forked workers share their parent's socket: ending the parent ends them all, ending a worker ends nothing.
function topmost(pids: readonly number[]): number | undefined {
  if (pids.length < 2) return pids[0];
  const all = new Set(pids);
  const tops = pids.filter((pid) => !ancestorsOf(pid).some((ancestor) => all.has(ancestor.pid)));
  return tops.sort((a, b) => (readStat(a)?.startTicks ?? Infinity) - (readStat(b)?.startTicks ?? Infinity))[0];
}

/** All that can be known of a process as the holder of `binding`; `undefined` when it is gone. */
export function describeHolder(pid: number, asking?: AskingRun, binding?: Binding): Holder | undefined {
  const stat = readStat(pid);
  const command = inOneLine(readCommand(pid));
  if (stat === undefined || command === undefined) return undefined;
  const uid = readUid(pid);
  const belonging = belongingOf(pid, binding);
  const isLeft = belonging !== undefined && isLeftover(stat, belonging, asking);
  return defined({
    pid,
    command,
    cwd: inOneLine(readCwd(pid)),
    uid,
    user: uid === undefined ? undefined : userName(uid),
    startedAt: startedAt(stat.startTicks),
    startTicks: stat.startTicks,
    ...readCgroup(pid),
    project: belonging === undefined ? undefined : projectOf(belonging, asking, isLeft),
    leftover: isLeft ? true : undefined,
  });
}

function projectOf(
  { name, service, root, instance }: Belonging,
  asking: AskingRun | undefined,
  isLeft: boolean,
): Holder["project"] {
  const other = asking !== undefined && root === asking.root && instance !== asking.instance ? instance : undefined;
  return {
    name: inOneLine(name),
    service: inOneLine(service),
    root: inOneLine(root),
    ...(other === undefined ? {} : { instance: inOneLine(other) }),
    ...runningOf(findRunOf(root, instance), isLeft),
  };
}

/** A run that is this process is our own, and does not start again what a dead one has left. */
function runningOf(run: Run | undefined, isLeft: boolean): Pick<NonNullable<Holder["project"]>, "running" | "own"> {
  const isOurs = run?.pid === process.pid;
  return { running: run !== undefined && !isOurs, ...(isOurs && !isLeft && { own: true as const }) };
}

// What another process calls itself is shown to people: it must not move their cursor or pretend to be a line of ours.
function inOneLine<Text extends string | undefined>(text: Text): Text {
  return text?.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim() as Text;
}

// Marked as a service of the asking instance, of which one run lives at a time; older than this process, which is that run
// or asks before there is one; and no other run of it lives (a command may ask beside a running instance).
function isLeftover(stat: ProcessStat, { root, instance }: Belonging, asking?: AskingRun): boolean {
  if (asking === undefined || root !== asking.root || instance !== asking.instance) return false;
  const self = readStat(process.pid);
  if (self === undefined || stat.startTicks >= self.startTicks) return false;
  const run = findRunOf(asking.root, asking.instance);
  return run === undefined || run.pid === process.pid;
}

/** The processes that have each of these sockets open, as far as their descriptors may be read; Linux only. */
export async function findSocketOwners(inodes: ReadonlySet<number>): Promise<ReadonlyMap<number, readonly number[]>> {
  const owners = new Map<number, number[]>();
  if (!hasProc || inodes.size === 0) return owners;
  const links = new Map([...inodes].filter((inode) => inode > 0).map((inode) => [`socket:[${inode}]`, inode]));
  let pause = performance.now() + longestBlockMs;
  for (const pid of listPids()) {
    for (const inode of socketsOf(pid, links)) owners.set(inode, [...(owners.get(inode) ?? []), pid]);
    if (performance.now() < pause) continue;
    // A machine with many open files must not hold up the loop.
    await setImmediate();
    pause = performance.now() + longestBlockMs;
  }
  return owners;
}

const longestBlockMs = 5;

/** True when the process itself has the socket open. */
export function hasSocket(pid: number, inode: number): boolean {
  return socketsOf(pid, new Map([[`socket:[${inode}]`, inode]])).size > 0;
}

function socketsOf(pid: number, links: ReadonlyMap<string, number>): ReadonlySet<number> {
  const found = new Set<number>();
  const directory = `/proc/${pid}/fd`;
  let entries: readonly string[];
  try {
    entries = readdirSync(directory);
  } catch {
    return found;
  }
  for (const entry of entries) {
    try {
      const inode = links.get(readlinkSync(`${directory}/${entry}`));
      if (inode !== undefined) found.add(inode);
    } catch {
      // Closed since.
    }
  }
  return found;
}

function defined(
  holder: { readonly [K in keyof Holder]: Holder[K] | undefined } & Pick<Holder, "pid" | "command">,
): Holder {
  return Object.fromEntries(Object.entries(holder).filter(([, value]) => value !== undefined)) as unknown as Holder;
}
