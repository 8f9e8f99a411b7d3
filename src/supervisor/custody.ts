// Whatever our services start stays ours until it has ended: their tags, what the guard is told, and the sweeps after a run.
// A sweep goes on beside everything else; only the end of all waits for it.

import type { Fact } from "../core/event.ts";
import type { Leftover } from "../core/notice.ts";
import type { Millis, Service } from "../core/service.ts";
import { now, sleep } from "../effects/clock.ts";
import { endCgroup, endCgroups, makeCgroup } from "../effects/processes/cgroup.ts";
import type { Guard } from "../effects/processes/guard.ts";
import { findLiving, type Sought, sweep, type Swept, type SweptProcess } from "../effects/processes/sweep.ts";
import { formatTag, readTag } from "../effects/processes/tag.ts";
import { type Foreground, newForeground } from "./foreground.ts";

/** What custody needs from around it. */
export interface CustodyOptions {
  readonly guard: Guard;
  /** The instance's part of the tag; undefined where nothing can be tagged. */
  readonly instance: number | undefined;
  /** How many engines had this run before us: their services keep their numbers. */
  readonly engines: number;
  /** In clock ticks since boot, when the first engine of the run began. */
  readonly since: number;
  /** How each `LAUNCH_RUN` of ours begins and ends. */
  readonly marker: { readonly start: string; readonly end: string };
  readonly report: (fact: Fact) => void;
}

/** A run of a service, as far as it has to be found again. */
export interface Kept {
  readonly service: Service;
  readonly run: number;
  readonly marker: string;
  readonly pid: number;
  readonly startTicks?: number;
  readonly cgroup?: string;
  /** When it was asked to end, on the monotonic clock. */
  readonly askedAt?: number;
}

/** Knows what is ours. */
export interface Custody {
  /** What everything of this run is to inherit. */
  tag(service: string, run: number): string | undefined;
  /** What a program of launch's own is to inherit that must not outlive it. */
  readonly ownTag: string | undefined;
  /** The command of `launch run`, which is about to begin; the end of all waits for its end. */
  foreground(): Foreground;
  /** A cgroup of its own for a run that asks for one; undefined where the system does not let us make it. */
  cgroup(service: Service, run: number): string | undefined;
  /** The run lives: from now on the guard would end it. */
  began(kept: Kept): void;
  /** A run of an engine before us lives, under the number that it had there. */
  took(kept: Kept): void;
  /** What lives of the run, other than what people share. */
  living(kept: Kept): Promise<readonly Leftover[]>;
  /** Nothing of the run's group lives any more: what had left it is looked for. `completed`: it did what it was for. */
  over(kept: Kept, completed: boolean): void;
  /** Resolves once nothing of the service's former runs is left; false when that was so before. */
  swept(service: string): Promise<boolean>;
  /** From now on nobody gets any time to end. */
  hurry(): void;
  /** After the last run: ends all that is left of any, and resolves when that is done. */
  finish(): Promise<void>;
}

/** From the end of a run until it is swept, in milliseconds: what follows in its place goes first. */
const restartFirst = 50;
/** Who hears of the end only when the service's own grace is used up still gets this long, in milliseconds. */
const leastGrace = 200;
/** Services that one engine has numbers for before another's begin. */
const numbersOfAnEngine = 512;
/** The last number that a tag has room for: that of what is no service. */
const ownNumber = 4095;
/** The number of the command of `launch run`. */
const commandNumber = 4094;

/** Nothing is ours yet. */
export function newCustody(options: CustodyOptions): Custody {
  const { guard, instance, report } = options;
  const numbers = new Map<string, number>();
  const names = new Map<number, string>();
  const services = new Map<string, Service>();
  // Of a task that has done what it was for: it may have started what others need.
  const standing = new Map<string, Kept>();
  const sweeping = new Map<string, Promise<void>>();
  const askedAt = new Map<string, number>();
  const finishing = new AbortController();
  const hurrying = new AbortController();
  let foreground: Foreground | undefined;

  const numberOf = (service: string): number => {
    const known = numbers.get(service);
    if (known !== undefined) return known;
    let number = options.engines * numbersOfAnEngine + numbers.size;
    while (names.has(number)) number++;
    numbers.set(service, number);
    names.set(number, service);
    return number;
  };

  const tagOf = (service: string, run: number): Sought["tag"] =>
    instance === undefined ? undefined : { instance, service: numberOf(service), run };

  const soughtOf = ({ service, run, marker, pid, startTicks }: Kept): Sought => {
    const tag = tagOf(service.name, run);
    return {
      leaders: [{ pid, ...(startTicks !== undefined && { startTicks }) }],
      isMarker: (given) => given === marker,
      since: startTicks ?? options.since,
      ...(tag !== undefined && { tag }),
    };
  };

  // One grace for all of it: what had left the group is asked later, and has no more time than the rest.
  const graceLeft = ({ name, stop }: Service): Millis =>
    Math.max(leastGrace, stop.timeout - (now() - (askedAt.get(name) ?? now())));

  const sweepRun = async (kept: Kept): Promise<void> => {
    const { service } = kept;
    await sleep(restartFirst, finishing.signal).catch(() => {});
    guard.remove(kept.pid);
    // The last sweep will find it.
    if (finishing.signal.aborted) return;
    const { signal, spare } = service.stop;
    const graceMs = graceLeft(service);
    const { cgroup } = kept;
    const own = cgroup === undefined ? {} : { cgroup };
    const found = await sweep(soughtOf(kept), { signal, graceMs, hurry: hurrying.signal, spare, ...own });
    if (cgroup !== undefined && found.spared.length === 0) await endCgroup(cgroup);
    say(service.name, found);
  };

  const begin = (kept: Kept): void => {
    const { name } = kept.service;
    const before = sweeping.get(name);
    const now = Promise.all([before, sweepRun(kept)]).then(() => {
      if (sweeping.get(name) === now) sweeping.delete(name);
    });
    sweeping.set(name, now);
  };

  const say = (service: string, { ended, alive, spared }: Swept): void => {
    if (ended.length + alive.length + spared.length === 0) return;
    const notice = { service, ended: plainly(ended), alive: plainly(alive), spared: plainly(spared) };
    report({ type: "noticed", notice: { kind: "left-behind", ...notice } });
  };

  const finish = async (): Promise<void> => {
    await foreground?.swept;
    finishing.abort();
    await Promise.all(sweeping.values());
    const all = [...services.values()];
    const { start, end } = options.marker;
    const found = await sweep(
      {
        leaders: [...standing.values()],
        isMarker: (marker) => marker.startsWith(start) && marker.endsWith(end),
        since: options.since,
        ...(instance !== undefined && { tag: { instance } }),
      },
      {
        signal: "SIGTERM",
        graceMs: Math.max(0, ...all.map(graceLeft)),
        hurry: hurrying.signal,
        spare: all.flatMap(({ stop }) => stop.spare),
      },
    );
    if (instance !== undefined && found.spared.length === 0) await endCgroups(instance);
    const nameOf = ({ tag }: SweptProcess): string => (tag && names.get(tag.service)) ?? all[0]?.name ?? "";
    const isNews = ({ tag }: SweptProcess): boolean => tag?.service !== commandNumber;
    for (const name of new Set([...found.ended, ...found.alive, ...found.spared].filter(isNews).map(nameOf))) {
      const own = (list: readonly SweptProcess[]): readonly SweptProcess[] =>
        list.filter((one) => isNews(one) && nameOf(one) === name);
      say(name, { ended: own(found.ended), alive: own(found.alive), spared: own(found.spared) });
    }
  };

  const began = (kept: Kept): void => {
    const { service, pid, startTicks } = kept;
    services.set(service.name, service);
    askedAt.delete(service.name);
    const { signal, timeout: graceMs } = service.stop;
    guard.add({ pid, signal, graceMs, ...(startTicks !== undefined && { startTicks }) });
    const before = standing.get(service.name);
    standing.delete(service.name);
    if (before !== undefined) begin(before);
  };

  return {
    tag: (service, run) =>
      instance === undefined ? undefined : formatTag({ instance, service: numberOf(service), run }),
    ownTag: instance === undefined ? undefined : formatTag({ instance, service: ownNumber, run: 0 }),
    foreground() {
      const spare = (): readonly string[] => [...services.values()].flatMap(({ stop }) => stop.spare);
      const { since, marker } = options;
      const hurry = hurrying.signal;
      return (foreground = newForeground({ instance, number: commandNumber, since, marker, hurry, spare, report }));
    },
    cgroup({ name, stop }, run) {
      return stop.cgroup && instance !== undefined ? makeCgroup(instance, name, run) : undefined;
    },
    began,
    took(kept) {
      const number = readTag(kept.pid)?.service;
      if (number !== undefined && !names.has(number)) {
        numbers.set(kept.service.name, number);
        names.set(number, kept.service.name);
      }
      began(kept);
    },
    living: async (kept) => plainly(await findLiving(soughtOf(kept), kept.service.stop.spare)),
    over(kept, completed) {
      if (kept.askedAt !== undefined) askedAt.set(kept.service.name, kept.askedAt);
      if (!completed && !finishing.signal.aborted) return begin(kept);
      guard.remove(kept.pid);
      standing.set(kept.service.name, kept);
    },
    async swept(service) {
      const going = sweeping.get(service);
      await going;
      return going !== undefined;
    },
    hurry() {
      hurrying.abort();
      guard.hurry();
    },
    finish,
  };
}

function plainly(found: readonly SweptProcess[]): readonly Leftover[] {
  return found.map(({ pid, command }) => ({ pid, command }));
}
