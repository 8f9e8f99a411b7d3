// A machine that exists only in memory: it performs what the rules ask for by producing facts at later, simulated
// times. Everything it does follows from a seed. A benign one does as asked; a hostile one crashes, ignores signals,
// leaves processes behind, takes ports away and tells some facts twice.

import type { Conflict } from "../../src/core/conflict.ts";
import type { Effect, Event, Fact, Request, Step } from "../../src/core/event.ts";
import type { Millis } from "../../src/core/service.ts";
import type { Fleet } from "../../src/core/state.ts";
import { isWatchedOnly, newFleet } from "../../src/core/state.ts";
import { nextDeadline } from "../../src/core/time.ts";
import { foundAfterDeath } from "./death.ts";
import { newLuck, type Luck } from "./luck.ts";
import type { Scenario } from "./scenario.ts";

/** The rules, or a broken variant of them. */
export type Rulebook = (fleet: Fleet, event: Event) => Step;

/** One event and all that came of it. */
export interface Observation {
  readonly event: Event;
  readonly before: Fleet;
  readonly after: Fleet;
  readonly effects: readonly Effect[];
  readonly world: World;
}

/** What is true on the machine, whatever the rules believe. */
export interface World {
  /** The runs of which something lives, by service. */
  alive(service: string): readonly number[];
  /** True while a claim or the carrying out of an answer is still to be told. */
  answering(service: string): boolean;
}

/** Something that was spawned. */
export interface Process {
  readonly service: string;
  readonly run: number;
  leader: boolean;
  group: boolean;
  /** Ignores every signal but the last. */
  readonly stubborn: boolean;
  /** Stays even then. */
  readonly immortal: boolean;
}

/** A thing that happens at a time: it may tell the rules something. */
interface Happening {
  readonly at: Millis;
  readonly order: number;
  readonly happen: () => Request | Fact | undefined;
}

/** No run takes more events than this; one that does is told as having no end. */
const eventLimit = 3000;

/** Plays the scenario to its end, showing every step; returns the last fleet and its time. */
export function simulate(
  scenario: Scenario,
  rulebook: Rulebook,
  watch: (observation: Observation) => void,
): { readonly fleet: Fleet; readonly at: Millis } {
  const luck = newLuck(scenario.seed);
  const odds = (chance: number): boolean => scenario.hostile && luck.chance(chance);
  const processes: Process[] = [];
  const agenda: Happening[] = [];
  const waits = new Map<string, Millis>();
  const answering = new Map<string, number>();
  let at: Millis = 0;
  let order = 0;
  // The engine's number: what one was about to do or hear dies with it.
  let engine = 1;
  let fleet = newFleet(scenario.services, scenario.rules);

  const world: World = {
    alive: (service) =>
      processes.filter((process) => process.service === service && process.group).map((process) => process.run),
    answering: (service) => (answering.get(service) ?? 0) > 0,
  };

  const plan = (delay: Millis, happen: Happening["happen"]): void => {
    agenda.push({ at: at + delay, order: order++, happen });
  };
  /** Something that comes of what the engine itself does. */
  const planOfEngine: typeof plan = (delay, happen) => {
    const own = engine;
    plan(delay, () => (own === engine ? happen() : undefined));
  };
  const tell = (delay: Millis, fact: Fact): void => {
    planOfEngine(delay, () => fact);
    // News about a run may be told a second time, long after.
    if ("run" in fact && odds(0.05)) plan(delay + luck.between(1, 5000), () => fact);
  };

  const answer = (delay: Millis, service: string, fact: () => Fact): void => {
    answering.set(service, (answering.get(service) ?? 0) + 1);
    const token = at + delay;
    waits.set(service, token);
    planOfEngine(delay, () => {
      if (waits.get(service) !== token) return undefined;
      answering.set(service, (answering.get(service) ?? 1) - 1);
      return fact();
    });
  };

  const endOf = (code: number): Extract<Fact, { type: "exited" }>["end"] =>
    code === -1 ? { exit: { code: null, signal: "SIGKILL" } } : { exit: { code, signal: null } };

  /** The leader ends; of a hostile service something may stay. */
  const endLeader = (process: Process, code: number): Fact | undefined => {
    if (!process.leader) return undefined;
    process.leader = false;
    const left = process.group && (process.immortal || odds(0.2));
    process.group = left;
    // What stays may go by itself before anyone has to kill it.
    if (left && !process.immortal && luck.chance(0.4)) plan(luck.between(1, 800), () => sweep(process));
    const { service, run } = process;
    const background = odds(0.3) ? { background: [{ pid: 1000 + run, command: service }] } : {};
    return { type: "exited", service, run, end: endOf(code), left, ...background };
  };

  const sweep = (process: Process): Fact | undefined => {
    if (!process.group || process.leader) return undefined;
    process.group = false;
    return { type: "swept", service: process.service, run: process.run };
  };

  const spawn = (service: string, run: number): void => {
    const member = fleet.members[service]!;
    if (isWatchedOnly(member)) return tell(1, { type: "started", service, run });
    const delay = luck.between(0, 40);
    const failed = (failure: Extract<Fact, { type: "exited" }>["end"]): void =>
      tell(delay, { type: "exited", service, run, end: failure, left: false });
    if (odds(0.03)) return failed({ failure: { kind: "spawn", code: "EAGAIN", message: "no process to be had" } });
    if (odds(0.02)) return failed({ failure: { kind: "command-not-found", command: service } });
    if (member.service.endpoints.length > 0 && odds(0.06)) {
      return tell(delay, { type: "conflict", service, run, conflicts: [stranger(service)] });
    }
    planOfEngine(delay, () => {
      const process: Process = { service, run, leader: true, group: true, stubborn: odds(0.25), immortal: odds(0.02) };
      processes.push(process);
      live(process, member.service.type === "task");
      return { type: "started", service, run, pid: processes.length };
    });
  };

  const live = (process: Process, isTask: boolean): void => {
    if (isTask) plan(luck.between(5, 500), () => endLeader(process, odds(0.15) ? 1 : 0));
    else if (odds(0.4)) plan(luck.between(5, 6000), () => endLeader(process, luck.pick([0, 1, 1, -1])));
  };

  const prove = (service: string, run: number): void => {
    const reason = "nothing listens";
    if (odds(0.3)) tell(luck.between(1, 200), { type: "unready", service, run, reason });
    if (odds(0.1)) return;
    if (odds(0.04)) return tell(luck.between(1, 900), { type: "never-ready", service, run, reason });
    if (odds(0.04)) {
      return tell(luck.between(1, 900), { type: "conflict", service, run, conflicts: [stranger(service)] });
    }
    tell(odds(0.2) ? luck.between(1, 4000) : luck.between(1, 100), { type: "ready", service, run, verified: true });
  };

  const check = (service: string, run: number): void => {
    if (isWatchedOnly(fleet.members[service]!)) {
      if (odds(0.4)) tell(luck.between(5, 6000), { type: "lost", service, run, reason: "nothing answers" });
    } else if (odds(0.1)) {
      tell(luck.between(5, 6000), { type: "silent", service, run });
    } else if (odds(0.4)) {
      tell(luck.between(5, 6000), { type: "unhealthy", service, run, reason: "answered 503" });
      if (luck.chance(0.5)) tell(luck.between(6000, 9000), { type: "healthy", service, run });
    }
  };

  const signal = (service: string, run: number, isLast: boolean): void => {
    const process = processes.find((one) => one.service === service && one.run === run);
    if (process === undefined || !process.group || process.immortal || (process.stubborn && !isLast)) return;
    plan(luck.between(0, isLast ? 20 : 300), () => {
      if (!process.leader) return sweep(process);
      const ended = endLeader(process, isLast ? -1 : 0);
      if (isLast) process.group = false;
      return isLast && ended?.type === "exited" ? { ...ended, left: false } : ended;
    });
  };

  const lease = (service: string): Fact =>
    odds(0.15)
      ? { type: "conflict", service, conflicts: [stranger(service)] }
      : { type: "claimed", service, ports: { main: luck.pick([3000, 3000, 3001]) }, moves: [] };

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case "claim":
        for (const service of effect.services) answer(luck.between(0, 30), service, () => lease(service));
        return;
      case "start":
        return spawn(effect.service, effect.run);
      case "watch":
        return prove(effect.service, effect.run);
      case "monitor":
        return check(effect.service, effect.run);
      case "stop":
        if (odds(0.1)) {
          tell(luck.between(1, 300), { type: "extended", service: effect.service, run: effect.run, by: 500 });
        }
        return signal(effect.service, effect.run, false);
      case "kill":
        return signal(effect.service, effect.run, true);
      case "ask":
        if (!odds(0.1)) planOfEngine(luck.between(1, 3000), () => decision(effect.service, luck));
        return;
      case "settle": {
        const { service, choice } = effect;
        if (choice === "wait") return answer(luck.between(500, 8000), service, () => lease(service));
        return answer(luck.between(1, 500), service, () =>
          choice === "adopt" && !odds(0.2) ? { type: "adopted", service, ports: { main: 3000 } } : lease(service),
        );
      }
      case "unwait":
        waits.delete(effect.service);
        answering.set(effect.service, (answering.get(effect.service) ?? 1) - 1);
        return;
      case "end":
        return;
    }
  };

  const send = (what: Request | Fact): void => {
    const event: Event = { ...what, at, random: luck.next() };
    const before = fleet;
    const { fleet: after, effects } = rulebook(before, event);
    fleet = after;
    watch({ event, before, after, effects, world });
    for (const effect of effects) perform(effect);
  };

  /** The engine dies, and another is there at once; a run that is ending ends with it, which is no matter of the rules. */
  const die = (): Fact | undefined => {
    if (fleet.outcome !== undefined) return undefined;
    engine++;
    waits.clear();
    answering.clear();
    const former = fleet;
    fleet = newFleet(scenario.services, scenario.rules);
    return foundAfterDeath(former, processes, luck);
  };
  if (scenario.deathAt !== undefined) agenda.push({ at: scenario.deathAt, order: order++, happen: die });

  for (const { at: time, ...request } of scenario.requests) {
    agenda.push({ at: time, order: order++, happen: () => request });
  }

  for (let count = 0; count < eventLimit; count++) {
    const next = agenda.reduce<Happening | undefined>((first, one) => (isSooner(one, first) ? one : first), undefined);
    const due = nextDeadline(fleet);
    if (due !== undefined && (next === undefined || due <= next.at)) {
      at = Math.max(at, due);
      send({ type: "woke" });
      continue;
    }
    if (next === undefined) break;
    agenda.splice(agenda.indexOf(next), 1);
    at = next.at;
    const what = next.happen();
    if (what !== undefined) send(what);
  }
  return { fleet, at };
}

function isSooner(one: Happening, other: Happening | undefined): boolean {
  return other === undefined || one.at < other.at || (one.at === other.at && one.order < other.order);
}

function decision(service: string, luck: Luck): Request {
  const choice = luck.pick(["next", "kill", "adopt", "wait", "skip", "fail"] as const);
  return { type: "resolve", service, choice, because: "the dice say so", restartUsers: luck.chance(0.5) };
}

function stranger(service: string): Conflict {
  const choices = ["next", "kill", "adopt", "wait", "skip", "quit"] as const;
  return { service, endpoint: "main", port: 3000, holder: { kind: "unknown" }, choices };
}
