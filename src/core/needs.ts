// Reads the graph in a fleet: which needs are met, which can no longer be met, who depends on whom.

import type { Need } from "./service.ts";
import type { Fleet, Member } from "./state.ts";
import { isActive } from "./state.ts";

/** `met`: go on. `hopeless`: it will not be met unless someone intervenes. */
export type NeedState = "met" | "pending" | "hopeless";

/** How one edge stands. An optional edge to something that is not wanted or gave up counts as met. */
export function needState(fleet: Fleet, need: Need): NeedState {
  const member = fleet.members[need.service];
  if (member === undefined || (!member.wanted && !isActive(member.state))) return need.required ? "hopeless" : "met";
  const state = conditionState(member, need);
  return state === "hopeless" && !need.required ? "met" : state;
}

/** True when every need of the member is met. */
export function isSupported(fleet: Fleet, member: Member): boolean {
  return member.service.needs.every((need) => needState(fleet, need) === "met");
}

/** True when a wanted member can never start as things are: a need of it, or a need's need, gave up. */
export function isHopeless(fleet: Fleet, member: Member): boolean {
  return member.service.needs.some((need) => {
    const state = needState(fleet, need);
    if (state !== "pending") return state === "hopeless";
    const needed = fleet.members[need.service];
    return need.required && needed !== undefined && needed.state.status === "idle" && isHopeless(fleet, needed);
  });
}

/** The members whose needs name this service. */
export function dependentsOf(fleet: Fleet, name: string): readonly Member[] {
  return Object.values(fleet.members).filter((member) => member.service.needs.some((need) => need.service === name));
}

function conditionState(member: Member, need: Need): NeedState {
  const { status } = member.state;
  if (status === "failed") return "hopeless";
  // About to be stopped and started again: what it is now does not count.
  if (member.bounce) return "pending";
  switch (need.condition) {
    case "started":
      return status === "ready" || status === "exited" || (status === "started" && member.service.type !== "external")
        ? "met"
        : "pending";
    case "ready":
      if (status === "exited") return "hopeless";
      return status === "ready" ? "met" : "pending";
    case "completed":
      return status === "exited" ? "met" : "pending";
  }
}
