// Plays events to the rules one by one and says what they ask for, in words a test can compare.

import type { Conflict } from "../../../src/core/conflict.ts";
import type { Effect, Fact, Request } from "../../../src/core/event.ts";
import { explain, explanationLines } from "../../../src/core/explain.ts";
import type { Failure } from "../../../src/core/failure.ts";
import type { Millis, Service } from "../../../src/core/service.ts";
import type { Fleet, Member, Rules, State } from "../../../src/core/state.ts";
import { newFleet } from "../../../src/core/state.ts";
import { step } from "../../../src/core/step.ts";
import { nextDeadline } from "../../../src/core/time.ts";
import { conflict, rules } from "./fleet.ts";

/** How a run ends: an exit code, a signal's name, or a failure to start at all. */
export type End = number | `SIG${string}` | Failure;

/** The answers of `resolve`. */
type Answer = Extract<Request, { type: "resolve" }>["choice"];

/** One fleet being played. Every method that sends something returns the effects in words: `start api 2`. */
export interface Play {
  readonly fleet: Fleet;
  /** Effects since the last look, then forgotten. */
  send(event: Request | Fact): readonly string[];
  up(...names: readonly string[]): readonly string[];
  down(...names: readonly string[]): readonly string[];
  restart(...names: readonly string[]): readonly string[];
  quit(force?: boolean): readonly string[];
  claimed(name: string, port?: number): readonly string[];
  /** A conflict found by a claim; with `run`, by that run. */
  conflict(name: string, run?: number, conflicts?: readonly Conflict[]): readonly string[];
  answer(name: string, choice: Answer, restartUsers?: boolean): readonly string[];
  adopted(name: string): readonly string[];
  /** Facts about the latest run, or the one given. */
  started(name: string, run?: number): readonly string[];
  ready(name: string, run?: number): readonly string[];
  /** Started and ready. */
  serves(...names: readonly string[]): readonly string[];
  unready(name: string, reason: string): readonly string[];
  neverReady(name: string, reason: string): readonly string[];
  unhealthy(name: string, reason: string): readonly string[];
  healthy(name: string): readonly string[];
  lost(name: string, run?: number): readonly string[];
  exited(name: string, end?: End, left?: boolean, run?: number): readonly string[];
  swept(name: string, run?: number): readonly string[];
  /** Lets time pass, waking the rules whenever they asked for it. */
  wait(ms: Millis): readonly string[];
  member(name: string): Member;
  state(name: string): State;
  /** `api ready, db stopping`: in the manifest's order. */
  readonly states: string;
  /** The lines of `why`. */
  why(name: string): readonly string[];
}

/** A fleet of these services at time 0, nothing asked for yet. `random` spreads the backoff. */
export function play(services: readonly Service[], words: Partial<Rules> = {}, random = 0): Play {
  let fleet = newFleet(services, rules(words));
  let at = 0;

  const send = (event: Request | Fact): readonly string[] => {
    const next = step(fleet, { ...event, at, random });
    fleet = next.fleet;
    return next.effects.map(inWords);
  };
  const member = (name: string): Member => fleet.members[name]!;
  const runOf = (name: string): number => member(name).run;

  return {
    get fleet() {
      return fleet;
    },
    get states() {
      return Object.values(fleet.members)
        .map(({ service, state }) => `${service.name} ${state.status}`)
        .join(", ");
    },
    send,
    member,
    state: (name) => member(name).state,
    why: (name) => explanationLines(explain(fleet, name, at)),
    up: (...services) => send({ type: "up", services }),
    down: (...services) => send({ type: "down", services }),
    restart: (...services) => send({ type: "restart", services }),
    quit: (force = false) => send({ type: "quit", by: "SIGINT", force }),
    claimed: (service, port = 3000) => send({ type: "claimed", service, ports: { main: port }, moves: [] }),
    conflict: (service, run, conflicts = [conflict(service)]) =>
      send({ type: "conflict", service, conflicts, ...(run === undefined ? {} : { run }) }),
    answer: (service, choice, restartUsers = false) =>
      send({ type: "resolve", service, choice, because: "a test says so", restartUsers }),
    adopted: (service) => send({ type: "adopted", service, ports: { main: 3000 } }),
    started: (service, run = runOf(service)) => send({ type: "started", service, run, pid: 1000 + run }),
    ready: (service, run = runOf(service)) => send({ type: "ready", service, run, verified: true }),
    serves: (...names) =>
      names.flatMap((service) => [
        ...send({ type: "started", service, run: runOf(service), pid: 1000 + runOf(service) }),
        ...send({ type: "ready", service, run: runOf(service), verified: true }),
      ]),
    unready: (service, reason) => send({ type: "unready", service, run: runOf(service), reason }),
    neverReady: (service, reason) => send({ type: "never-ready", service, run: runOf(service), reason }),
    unhealthy: (service, reason) => send({ type: "unhealthy", service, run: runOf(service), reason }),
    healthy: (service) => send({ type: "healthy", service, run: runOf(service) }),
    lost: (service, run = runOf(service)) => send({ type: "lost", service, run, reason: "nothing answers" }),
    exited: (service, end = 0, left = false, run = runOf(service)) =>
      send({ type: "exited", service, run, end: ending(end), left }),
    swept: (service, run = runOf(service)) => send({ type: "swept", service, run }),
    wait: (ms) => {
      const until = at + ms;
      const done: string[] = [];
      for (let due = nextDeadline(fleet); due !== undefined && due <= until; due = nextDeadline(fleet)) {
        at = Math.max(at, due);
        const before = fleet;
        done.push(...send({ type: "woke" }));
        if (fleet === before) throw new Error(`the rules asked to be woken at ${due} and then did nothing`);
      }
      at = until;
      return done;
    },
  };
}

/** The effect as a test says it: `claim db api`, `start api 2`, `ask db`, `settle db next`, `end done`. */
function inWords(effect: Effect): string {
  switch (effect.type) {
    case "claim":
      return `claim ${effect.services.join(" ")}`;
    case "start":
    case "watch":
    case "monitor":
    case "kill":
      return `${effect.type} ${effect.service} ${effect.run}`;
    case "stop":
      return `${effect.abort ? "abort" : "stop"} ${effect.service} ${effect.run}`;
    case "ask":
    case "unwait":
      return `${effect.type} ${effect.service}`;
    case "settle":
      return `settle ${effect.service} ${effect.choice}`;
    case "end":
      return `end ${effect.outcome.kind}`;
  }
}

/** An exit code or a signal as the machine reports it. */
function ending(end: End): Extract<Fact, { type: "exited" }>["end"] {
  if (typeof end === "number") return { exit: { code: end, signal: null } };
  if (typeof end === "string") return { exit: { code: null, signal: end } };
  return { failure: end };
}
