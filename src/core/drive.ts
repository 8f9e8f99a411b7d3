// Moves what is toward what is wanted, one member at a time, until no move is left.

import { change, ending, failed, rested, stopping, withoutReason } from "./change.ts";
import type { Failure } from "./failure.ts";
import { dependentsOf, isHopeless, isSupported } from "./needs.ts";
import type { Millis } from "./service.ts";
import type { Fleet, Member, Outcome } from "./state.ts";
import { isActive, isSettled, isUp } from "./state.ts";

/** From SIGKILL until it is said that not even that helped. */
export const KILL_GRACE: Millis = 5000;

/** The fleet once every move that is due at this time has been made. */
export function drive(fleet: Fleet, at: Millis): Fleet {
  let now = fleet;
  // One member's new state can let another move, so go round until a whole round changes nothing.
  for (let before: Fleet | undefined; now !== before;) {
    before = now;
    for (const name of Object.keys(now.members)) {
      const next = now;
      now = change(now, name, (member) => moved(next, member, at));
    }
    const outcome = outcomeNow(now, at);
    if (outcome !== undefined) now = ending(now, outcome);
  }
  return concluded(now);
}

/** The member after its one due move; the same member when none is due. */
function moved(fleet: Fleet, member: Member, at: Millis): Member {
  const { state } = member;
  const goesDown = !member.wanted || member.bounce;
  switch (state.status) {
    case "idle":
      if (goesDown) return member.bounce ? { ...member, bounce: false } : member;
      if (member.claim === "none") return { ...member, claim: "asked" };
      return member.claim === "held" && isSupported(fleet, member) ? starting(member, at) : member;
    case "blocked":
      return goesDown ? { ...rested(member, { status: "idle" }), claim: "none" } : member;
    case "backoff":
      if (goesDown) return { ...rested(member, { status: "idle" }), recentRestarts: [] };
      if (at < state.until) return member;
      return rested(member, { status: "idle" });
    case "starting":
      // What is being spawned is stopped once it is there.
      return member;
    case "started":
    case "ready":
      return goesDown && !isHeldUp(fleet, member) ? stopping(fleet, member, at, { kind: "rest" }) : member;
    case "stopping":
      if (at < state.deadline) return member;
      if (state.killed) return failed(member, { kind: "did-not-stop" });
      return { ...member, state: { ...state, killed: true, deadline: at + KILL_GRACE } };
    case "exited":
    case "failed":
      return member.bounce ? rested(member, { status: "idle" }) : member;
  }
}

function starting(member: Member, at: Millis): Member {
  const run = member.run + 1;
  return { ...rested(withoutReason(member), { status: "starting", run, since: at }), run };
}

/** True while dependents that go down as well have still to go first. */
function isHeldUp(fleet: Fleet, member: Member): boolean {
  return dependentsOf(fleet, member.service.name).some(
    (dependent) => (!dependent.wanted || dependent.bounce) && isActive(dependent.state),
  );
}

/** Why the run must end now; undefined: it goes on. */
function outcomeNow(fleet: Fleet, at: Millis): Outcome | undefined {
  if (fleet.outcome !== undefined) return undefined;
  const wanted = Object.values(fleet.members).filter((member) => member.wanted);
  for (const member of wanted) {
    const outcome = outcomeOfEnd(fleet, member);
    if (outcome !== undefined) return outcome;
  }
  const open = wanted.filter((member) => !isSettled(member.state) && !isStuck(fleet, member));
  const waiting = open.filter((member) => !isUp(member));
  if (fleet.rules.upBy !== undefined && !fleet.wasUp && at >= fleet.rules.upBy && waiting.length > 0) {
    return { kind: "timeout", waiting: waiting.map((member) => member.service.name) };
  }
  return fleet.rules.endWhenSettled && wanted.length > 0 && open.length === 0 ? { kind: "done" } : undefined;
}

function isStuck(fleet: Fleet, member: Member): boolean {
  return member.state.status === "idle" && isHopeless(fleet, member);
}

/** What the end of one service means for all. */
function outcomeOfEnd(fleet: Fleet, { service, state }: Member): Outcome | undefined {
  if (state.status !== "exited" && state.status !== "failed") return undefined;
  if (state.status === "failed" && state.failure.kind === "skipped") return undefined;
  const failure: Failure = state.status === "failed" ? state.failure : { kind: "exit", exit: state.exit };
  const fatal =
    service.onExit === "fail" ||
    (state.status === "failed" && (service.onExit === "shutdown" || fleet.rules.onFailure === "stop"));
  if (fatal) return { kind: "failed", service: service.name, failure };
  return service.onExit === "shutdown" ? { kind: "done" } : undefined;
}

/** Notes that everything has been up, and that everything is over. */
function concluded(fleet: Fleet): Fleet {
  const members = Object.values(fleet.members);
  if (fleet.outcome === undefined) {
    const wanted = members.filter((member) => member.wanted);
    return !fleet.wasUp && wanted.length > 0 && wanted.every(isUp) ? { ...fleet, wasUp: true } : fleet;
  }
  if (fleet.ended || members.some((member) => isActive(member.state))) return fleet;
  return { ...fleet, outcome: truthful(fleet, fleet.outcome), ended: true };
}

/** An end that looks clean is not, when something had failed on the way. */
function truthful(fleet: Fleet, outcome: Outcome): Outcome {
  if (outcome.kind !== "done" && !(outcome.kind === "interrupted" && outcome.up)) return outcome;
  for (const { service, state } of Object.values(fleet.members)) {
    if (state.status !== "failed" || state.failure.kind === "skipped") continue;
    if (state.failure.kind === "conflict") return { kind: "conflict", conflict: state.failure.conflict };
    return { kind: "failed", service: service.name, failure: state.failure };
  }
  return outcome;
}
