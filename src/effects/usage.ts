// What the services' processes use: one pass over all processes for all services, in the background, and only while somebody
// wants to know.

import { after, now } from "./clock.ts";
import { hasProc } from "./processes/proc.ts";
import { readProcesses, type UsingProcess } from "./processes/using.ts";
import { readProcessesByPs } from "./processes/using-ps.ts";

/** What a service's processes use. */
export interface Usage {
  /** Of one processor, in per cent. */
  readonly cpu: number;
  /** Bytes of memory, what processes share counted for each. */
  readonly memory: number;
  readonly processes: readonly { readonly pid: number; readonly ppid: number; readonly command: string }[];
}

/** The usage by service at one moment, with what the next sample needs to tell the processor's share. */
export interface UsageSample {
  readonly at: number;
  readonly usage: Readonly<Record<string, Usage>>;
  /** Milliseconds of processor time by process. */
  readonly times: ReadonlyMap<string, number>;
  readonly strangers: Strangers;
}

/** Processes that belong to no service, and need not be looked at again for a while: on most machines that is nearly all. */
interface Strangers {
  readonly since: number;
  /** The services' own processes at that time: whoever is adopted may have been a stranger. */
  readonly leaders: string;
  readonly pids: ReadonlySet<number>;
}

/** So long a pid is taken to be that of the same stranger, in milliseconds. */
const strangerFor = 20_000;

/** Usage that is sampled in the background. Disposing ends that. */
export interface UsageSampler extends Disposable {
  /** The latest; empty at first. Reading is what keeps the sampling going. */
  read(): Readonly<Record<string, Usage>>;
}

/** Between the first two samples, since one alone tells nothing about the processor. */
const firstMs = 250;

/** Samples at intervals; `pids` gives each running service's leader. It pauses when nobody has read for `attentionMs`, 5 s. */
export function newUsageSampler(options: {
  readonly intervalMs: number;
  readonly pids: () => Readonly<Record<string, number>>;
  readonly attentionMs?: number;
}): UsageSampler {
  const { intervalMs, pids, attentionMs = 5000 } = options;
  let sample: UsageSample | undefined;
  let readAt = 0;
  let timer: Disposable | undefined;
  let isOver = false;

  const take = async (): Promise<void> => {
    const before = sample;
    sample = await sampleUsage(pids(), before);
    timer = undefined;
    if (!isOver && now() - readAt < attentionMs) arm(before === undefined ? firstMs : intervalMs);
  };
  const arm = (ms: number): void => {
    timer = after(ms, () => void take());
  };

  return {
    read() {
      readAt = now();
      if (!isOver && timer === undefined) arm(0);
      return sample?.usage ?? {};
    },
    [Symbol.dispose]() {
      isOver = true;
      timer?.[Symbol.dispose]();
    },
  };
}

/** What each service uses now: its leader's group and session, and what descends from them. Without `before` no processor time is known. */
export async function sampleUsage(pids: Readonly<Record<string, number>>, before?: UsageSample): Promise<UsageSample> {
  const leaders = Object.entries(pids);
  const known = strangersNow(Object.values(pids).join(" "), before?.strangers);
  if (leaders.length === 0) return { at: now(), usage: {}, times: new Map(), strangers: known };
  const all = hasProc ? readProcesses(known.pids) : await readProcessesByPs();
  const at = now();
  const owners = ownersOf(all.processes, new Map(leaders.map(([service, pid]) => [pid, service])));
  const times = new Map<string, number>();
  const usage = leaders.flatMap(([service]): readonly (readonly [string, Usage])[] => {
    const own = owners.get(service) ?? [];
    if (own.length === 0) return [];
    let busy = 0;
    let memory = 0;
    const processes = own.map((process) => {
      times.set(process.key, process.busyMs);
      // What was born since the last sample has used all of its time since then.
      if (before !== undefined) busy += process.busyMs - (before.times.get(process.key) ?? 0);
      memory += process.memory;
      return { pid: process.pid, ppid: process.ppid, command: all.commandOf(process) };
    });
    const cpu = before === undefined ? 0 : (100 * Math.max(0, busy)) / Math.max(1, at - before.at);
    return [[service, { cpu, memory, processes }]];
  });
  const owned = new Set([...owners.values()].flat());
  const others = all.processes.filter((process) => !owned.has(process)).map(({ pid }) => pid);
  const strangers = others.length === 0 ? known : { ...known, pids: new Set([...known.pids, ...others]) };
  return { at, usage: Object.fromEntries(usage), times, strangers };
}

/** Those that are known, as far as that is still true. */
function strangersNow(leaders: string, before: Strangers | undefined): Strangers {
  if (before?.leaders === leaders && now() - before.since < strangerFor) return before;
  return { since: now(), leaders, pids: new Set() };
}

/** Each service's processes, its leader first. */
function ownersOf(
  processes: readonly UsingProcess[],
  leaders: ReadonlyMap<number, string>,
): ReadonlyMap<string, readonly UsingProcess[]> {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const known = new Map<number, string | undefined>();
  const ownerOf = (process: UsingProcess): string | undefined => {
    if (known.has(process.pid)) return known.get(process.pid);
    // For a parent that is its own ancestor, which only a torn reading can show.
    known.set(process.pid, undefined);
    const parent = byPid.get(process.ppid);
    const owner =
      leaders.get(process.pid) ??
      leaders.get(process.group) ??
      leaders.get(process.session) ??
      (parent === undefined ? undefined : ownerOf(parent));
    known.set(process.pid, owner);
    return owner;
  };
  const owned = new Map<string, UsingProcess[]>();
  for (const process of processes) {
    const owner = ownerOf(process);
    if (owner === undefined) continue;
    const own = owned.get(owner) ?? [];
    if (leaders.has(process.pid)) own.unshift(process);
    else own.push(process);
    owned.set(owner, own);
  }
  return owned;
}
