// The small changes that the rules are written in: one member, several, or the run's outcome.

import type { Conflict } from "./conflict.ts";
import type { Failure } from "./failure.ts";
import { dependentsOf } from "./needs.ts";
import type { Millis } from "./service.ts";
import type { After, Fleet, Member, Outcome } from "./state.ts";
import { isActive, isWatchedOnly } from "./state.ts";

/** The fleet with one member changed; a name that it does not have changes nothing. */
export function change(fleet: Fleet, name: string, next: (old: Member) => Member): Fleet {
  const old = fleet.members[name];
  if (old === undefined) return fleet;
  const changed = next(old);
  return changed === old ? fleet : { ...fleet, members: { ...fleet.members, [name]: changed } };
}

/** The fleet with several members changed. */
export function changeAll(fleet: Fleet, names: readonly string[], next: (old: Member) => Member): Fleet {
  return names.reduce((changed, name) => change(changed, name, next), fleet);
}

/** Marks an active service to be stopped and started again. */
export function bounce(member: Member): Member {
  return isActive(member.state) && !member.bounce ? { ...member, bounce: true } : member;
}

/** Bounces the running dependents whose edge to `name` asks for it, and theirs. */
export function bounceDependents(fleet: Fleet, name: string): Fleet {
  return dependentsOf(fleet, name).reduce((next, { service }) => {
    const asked = service.needs.some((need) => need.service === name && need.restart);
    return asked ? bounceWithDependents(next, service.name) : next;
  }, fleet);
}

/** Bounces one running service, and the dependents that follow it. */
export function bounceWithDependents(fleet: Fleet, name: string): Fleet {
  const bounced = change(fleet, name, bounce);
  return bounced === fleet ? fleet : bounceDependents(bounced, name);
}

/** The member on its way down; at once where there is no process of ours to end. */
export function stopping(fleet: Fleet, member: Member, at: Millis, after: After): Member {
  const { state } = member;
  if (state.status !== "starting" && state.status !== "started" && state.status !== "ready") return member;
  if (isWatchedOnly(member)) {
    // It is not ours to start again.
    const isFailure = after.kind === "judge" && "failure" in after.end;
    return rested(member, isFailure ? { status: "failed", failure: after.end.failure } : { status: "idle" });
  }
  const deadline = fleet.hurried ? at : at + member.service.stop.timeout;
  return { ...member, state: { status: "stopping", run: state.run, since: at, deadline, killed: false, after } };
}

/** The member in a state in which nothing of it runs, with all that belonged to the run forgotten. */
export function rested(member: Member, state: Member["state"]): Member {
  const { said: _, extendedTo: __, socketLost: ___, elsewhere: ____, ...rest } = member;
  return { ...rest, health: { status: "unknown" }, slow: false, staleEnv: false, bounce: false, state };
}

/** The member as one that gave up. */
export function failed(member: Member, failure: Failure): Member {
  return rested(member, { status: "failed", failure });
}

/** The member as one whose port is somebody else's. */
export function blocked(member: Member, conflicts: readonly Conflict[]): Member {
  return { ...rested(member, { status: "blocked", conflicts }), claim: "none" };
}

/** The fleet on its way to its end: nothing is wanted any more. The first reason given stays. */
export function ending(fleet: Fleet, outcome: Outcome): Fleet {
  if (fleet.outcome !== undefined) return fleet;
  const unwanted = changeAll(fleet, Object.keys(fleet.members), (old) =>
    old.wanted ? { ...old, wanted: false } : old,
  );
  return { ...unwanted, outcome };
}

/** The member without its crashes: it has been ready for long enough, or somebody gives it a new chance. */
export function withoutCrashes(member: Member): Member {
  const { crashes, ...rest } = member;
  return crashes === undefined ? member : rest;
}

/** The member without what the last failed probe said. */
export function withoutReason(member: Member): Member {
  const { probeReason: _, ...rest } = member;
  return rest;
}
