// Moves what is toward what is wanted, one member at a time, until no move is left.

import { change, ending, failed, rested, stopping, withoutReason } from "./change.ts";
import { unanswered } from "./claim.ts";
import { dependentsOf, endedNeedOf, isHopeless, isSupported, openPortsFor } from "./needs.ts";
import type { Millis } from "./service.ts";
import type { Fleet, Member, Outcome } from "./state.ts";
import { hasFailed, isActive, isGoingDown, isSettled, isUp } from "./state.ts";

/** From SIGKILL until it is said that not even that helped. */
export const KILL_GRACE: Millis = 5000;

/** The fleet once every move that is due at this time has been made. */
export function drive(fleet: Fleet, at: Millis): Fleet {
  // Whether the run ends is decided before every move, so that nothing is started only to be stopped.
  let now = decided(fleet, at);
  // One member's new state can let another move, so go round until a whole round changes nothing.
  for (let before: Fleet | undefined; now !== before;) {
    before = now;
    for (const name of Object.keys(now.members)) {
      const old = now;
      const next = change(old, name, (member) => moved(old, member, at));
      if (next !== old) now = decided(next, at);
    }
  }
  return concluded(now);
}

function decided(fleet: Fleet, at: Millis): Fleet {
  const outcome = outcomeNow(fleet, at);
  return outcome === undefined ? fleet : ending(fleet, outcome);
}

/** The member after its one due move; the same member when none is due. */
function moved(fleet: Fleet, member: Member, at: Millis): Member {
  const { state } = member;
  const goesDown = isGoingDown(member);
  switch (state.status) {
    case "idle":
      if (goesDown) return member;
      if (member.claim === "none") return { ...member, claim: "asked" };
      return canStart(fleet, member) ? starting(member, at) : member;
    case "blocked":
      return goesDown ? rested(unanswered(member), { status: "idle" }) : member;
    case "backoff":
      if (goesDown) return { ...rested(member, { status: "idle" }), recentRestarts: [] };
      if (at < state.until) return member;
      return rested(member, { status: "idle" });
    case "starting":
      // What is being spawned is stopped once it is there.
      return member;
    case "started":
    case "ready":
      return goesDown && !isHeldUp(fleet, member.service.name, new Set())
        ? stopping(fleet, member, at, { kind: "rest" })
        : member;
    case "stopping":
      if (at < state.deadline) return member;
      if (state.killed) return failed(member, { kind: "did-not-stop" });
      return { ...member, state: { ...state, killed: true, deadline: at + KILL_GRACE } };
    case "exited":
    case "failed":
      return member;
  }
}

function canStart(fleet: Fleet, member: Member): boolean {
  return !isClaiming(fleet) && isSupported(fleet, member) && openPortsFor(fleet, member.service.name).length === 0;
}

/** True while ports of anything wanted are still being claimed: what starts must know them all. */
function isClaiming(fleet: Fleet): boolean {
  return Object.values(fleet.members).some(
    (member) => member.wanted && member.state.status === "idle" && member.claim !== "held",
  );
}

function starting(member: Member, at: Millis): Member {
  const run = member.run + 1;
  return { ...rested(withoutReason(member), { status: "starting", run, since: at }), run };
}

/** True while dependents that go down as well have still to go first, seen through those that do not run. */
function isHeldUp(fleet: Fleet, name: string, seen: Set<string>): boolean {
  return dependentsOf(fleet, name).some((dependent) => {
    if (isActive(dependent.state)) return isGoingDown(dependent);
    if (seen.has(dependent.service.name)) return false;
    seen.add(dependent.service.name);
    return isHeldUp(fleet, dependent.service.name, seen);
  });
}

/** Why the run must end now; undefined: it goes on. */
function outcomeNow(fleet: Fleet, at: Millis): Outcome | undefined {
  if (fleet.outcome !== undefined) return undefined;
  const wanted = wantedOf(fleet);
  for (const member of wanted) {
    const outcome = outcomeOfEnd(fleet, member);
    if (outcome !== undefined) return outcome;
  }
  const starved = starvedOutcome(fleet, wanted);
  if (starved !== undefined && fleet.rules.onFailure === "stop") return starved;
  const { upBy, endWhenSettled, endWhenCompleted } = fleet.rules;
  const late = upBy !== undefined && !fleet.arrived && at >= upBy ? wanted.filter(isOnItsWay(fleet)) : [];
  if (late.length > 0) return { kind: "timeout", waiting: late.map(({ service }) => service.name) };
  if (endWhenCompleted === true && isAllCompleted(fleet)) return { kind: "done" };
  return endWhenSettled && isAllDone(fleet, wanted) ? (starved ?? { kind: "done" }) : undefined;
}

/** What was asked for and can never start, because what it needs has ended by itself, has failed of that. */
function starvedOutcome(fleet: Fleet, wanted: readonly Member[]): Outcome | undefined {
  // The usual case, at every step of a start.
  if (!wanted.some(({ state }) => state.status === "exited")) return undefined;
  for (const member of wanted) {
    const need = endedNeedOf(fleet, member);
    if (need !== undefined) {
      return { kind: "failed", service: member.service.name, failure: { kind: "need-ended", need } };
    }
  }
  return undefined;
}

/** True when nothing is left to run: what runs elsewhere and serves keeps no run alive, nor what is only there for others. */
function isAllDone(fleet: Fleet, wanted: readonly Member[]): boolean {
  const asked = wanted.filter(({ needed }) => needed !== true);
  const ours = asked.filter(({ service }) => service.type !== "external");
  return (
    ours.length > 0 &&
    ours.every((member) => isSettled(member.state) || isStuck(fleet, member)) &&
    !asked.some(isOnItsWay(fleet))
  );
}

/** True when tasks alone were asked for, and all have completed: a service that was stopped meanwhile may be started again. */
function isAllCompleted(fleet: Fleet): boolean {
  const asked = Object.values(fleet.members).filter(
    ({ wanted, needed, run }) => needed !== true && (wanted || run > 0),
  );
  const left = asked.filter(({ wanted }) => wanted);
  return (
    left.length > 0 &&
    asked.every(({ service }) => service.type === "task") &&
    left.every(({ state }) => state.status === "exited")
  );
}

function wantedOf(fleet: Fleet): readonly Member[] {
  return Object.values(fleet.members).filter((member) => member.wanted);
}

/** A test for members that may still come up by themselves: neither up nor over, and not waiting for what can never be. */
export function isOnItsWay(fleet: Fleet): (member: Member) => boolean {
  return (member) => !isUp(member) && !isSettled(member.state) && !isStuck(fleet, member);
}

function isStuck(fleet: Fleet, member: Member): boolean {
  return member.state.status === "idle" && isHopeless(fleet, member);
}

/** What the end of one service means for all. */
function outcomeOfEnd(fleet: Fleet, member: Member): Outcome | undefined {
  const { service, state } = member;
  // What a task is for is to end with success.
  if (state.status === "exited" && service.onExit === "fail" && service.type !== "task") {
    return { kind: "failed", service: service.name, failure: { kind: "exit", exit: state.exit, byWish: true } };
  }
  if (state.status === "exited" && service.onExit === "shutdown") return { kind: "done" };
  const isFatal = service.onExit !== "ignore" || fleet.rules.onFailure === "stop";
  return isFatal ? outcomeOfFailure(member) : undefined;
}

function outcomeOfFailure(member: Member): Outcome | undefined {
  const { service, state } = member;
  if (state.status !== "failed" || !hasFailed(member)) return undefined;
  const { failure } = state;
  if (failure.kind === "conflict") return { kind: "conflict", conflict: failure.conflict };
  return { kind: "failed", service: service.name, failure };
}

/** Notes that everything has been up, and that everything is over. */
function concluded(fleet: Fleet): Fleet {
  if (fleet.outcome === undefined) {
    const wanted = wantedOf(fleet);
    if (fleet.wasUp || wanted.length === 0 || wanted.some(isOnItsWay(fleet))) return fleet;
    const wasUp = !wanted.some(hasFailed) && starvedOutcome(fleet, wanted) === undefined;
    return wasUp || !fleet.arrived ? { ...fleet, arrived: true, wasUp } : fleet;
  }
  const members = Object.values(fleet.members);
  if (fleet.ended || members.some((member) => isActive(member.state))) return fleet;
  return { ...fleet, outcome: truthful(members, fleet.outcome), ended: true };
}

/** An end that looks clean, or as if only someone had wished for it, is not when something had failed on the way. */
function truthful(members: readonly Member[], outcome: Outcome): Outcome {
  if (outcome.kind !== "done" && outcome.kind !== "interrupted") return outcome;
  return members.map(outcomeOfFailure).find((failure) => failure !== undefined) ?? outcome;
}
