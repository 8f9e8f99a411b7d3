// Reads the graph in a fleet: which needs are met, which can no longer be met, who depends on whom.

import type { Need } from "./service.ts";
import { type Fleet, isActive, type Member } from "./state.ts";

/** `met`: go on. `hopeless`: it will not be met unless someone intervenes. */
export type NeedState = "met" | "pending" | "hopeless";

/** What is already known of members that are not running: by name, whether they can never start. */
type Known = Map<string, boolean>;

/** How one edge stands. An optional edge to something that is not wanted, gave up or can never start counts as met. */
export function needState(fleet: Fleet, need: Need): NeedState {
  return edgeState(fleet, need, new Map());
}

/** True when every need of the member is met. */
export function isSupported(fleet: Fleet, member: Member): boolean {
  return member.service.needs.every((need) => needState(fleet, need) === "met");
}

/** True when a wanted member can never start as things are: a need of it, or a need's need, gave up. */
export function isHopeless(fleet: Fleet, member: Member): boolean {
  return canNeverStart(fleet, member, new Map());
}

/**
 * Services whose open port conflict keeps this one from starting: it is told their ports, and they have none yet.
 * What it is told when it starts must be true.
 */
export function openPortsFor(fleet: Fleet, name: string): readonly string[] {
  return Object.entries(fleet.rules.portUsers).flatMap(([used, users]) => {
    const member = fleet.members[used];
    return users.includes(name) && member?.wanted === true && member.state.status === "blocked" ? [used] : [];
  });
}

/** The service whose end by itself keeps this wanted one from ever starting, directly or through others. */
export function endedNeedOf(fleet: Fleet, member: Member): string | undefined {
  if (!member.wanted || member.state.status !== "idle" || !isHopeless(fleet, member)) return undefined;
  return findEndedNeed(fleet, member, new Set());
}

function findEndedNeed(fleet: Fleet, member: Member, seen: Set<string>): string | undefined {
  if (seen.has(member.service.name)) return undefined;
  seen.add(member.service.name);
  for (const need of member.service.needs) {
    const needed = fleet.members[need.service];
    if (needed === undefined || !needed.wanted || needState(fleet, need) !== "hopeless") continue;
    if (needed.state.status === "exited") return need.service;
    const further = needed.state.status === "idle" ? findEndedNeed(fleet, needed, seen) : undefined;
    if (further !== undefined) return further;
  }
  return undefined;
}

/** The members whose needs name this service. */
export function dependentsOf(fleet: Fleet, name: string): readonly Member[] {
  return Object.values(fleet.members).filter(({ service }) => service.needs.some((need) => need.service === name));
}

/** These services, in the fleet's order, and the running dependents whose edges have them restarted too, directly or through others. */
export function withFollowers(fleet: Fleet, names: readonly string[]): readonly string[] {
  const found = new Set(names);
  for (const name of found) {
    for (const { service, wanted, state } of dependentsOf(fleet, name)) {
      const follows = service.needs.some((need) => need.service === name && need.restart);
      if (follows && wanted && isActive(state)) found.add(service.name);
    }
  }
  return Object.keys(fleet.members).filter((name) => found.has(name));
}

/** The service and all that need it, directly or through others, itself first. */
function withDependents(fleet: Fleet, name: string): readonly string[] {
  const found = new Set([name]);
  for (const next of found) for (const { service } of dependentsOf(fleet, next)) found.add(service.name);
  return [...found];
}

/** Those running now that need the service, directly or through others. */
export function runningDependents(fleet: Fleet, name: string): readonly string[] {
  return withDependents(fleet, name).filter((other) => {
    const member = fleet.members[other];
    return other !== name && member !== undefined && isActive(member.state);
  });
}

/** These services, and all that run and need them, each once. */
export function withRunningDependents(fleet: Fleet, names: readonly string[]): readonly string[] {
  return [...new Set([...names, ...names.flatMap((name) => runningDependents(fleet, name))])];
}

// Each member is judged once, or a graph of layers that all need each other would be walked along every path.
function canNeverStart(fleet: Fleet, member: Member, known: Known): boolean {
  const { name, needs } = member.service;
  const before = known.get(name);
  if (before !== undefined) return before;
  known.set(name, false);
  const never = needs.some((need) => edgeState(fleet, need, known) === "hopeless");
  known.set(name, never);
  return never;
}

function edgeState(fleet: Fleet, need: Need, known: Known): NeedState {
  const member = fleet.members[need.service];
  const state = member === undefined ? "hopeless" : conditionState(fleet, member, need, known);
  return state === "hopeless" && !need.required ? "met" : state;
}

function conditionState(fleet: Fleet, member: Member, need: Need, known: Known): NeedState {
  const { status } = member.state;
  const isTask = member.service.type === "task";
  // What has completed stays so, wanted or not; and a task is ready once it has completed.
  const completes = need.condition === "completed" || (need.condition === "ready" && isTask);
  if (completes && status === "exited") return "met";
  if (!member.wanted || status === "failed") return "hopeless";
  // About to be stopped and started again: what it is now does not count.
  if (member.bounce) return "pending";
  if (status === "idle") return canNeverStart(fleet, member, known) ? "hopeless" : "pending";
  switch (need.condition) {
    case "started":
      return status === "ready" || status === "exited" || (status === "started" && member.service.type !== "external")
        ? "met"
        : "pending";
    case "ready":
      if (status === "exited") return "hopeless";
      return status === "ready" ? "met" : "pending";
    case "completed":
      return "pending";
  }
}
