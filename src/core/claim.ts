// What becomes of a service's ports: claims and their answers, conflicts and what is chosen, moves and who hears of them.
// While a member's claim is `asked`, exactly one answer is still to come; any other is no news.

import { blocked, bounceWithDependents, change, ending, failed, rested, stopping } from "./change.ts";
import type { Fact, Request } from "./event.ts";
import type { Millis } from "./service.ts";
import type { Fleet, Member } from "./state.ts";
import { isActive, isGoingDown, isWatchedOnly } from "./state.ts";

type Answered = Extract<Request, { type: "resolve" }>;
type Claimed = Extract<Fact, { type: "claimed" }>;
type Adopted = Extract<Fact, { type: "adopted" }>;
type Conflicted = Extract<Fact, { type: "conflict" }>;

/** The fleet once a person or the policy has answered a conflict. An answer to nothing is ignored. */
export function noteAnswer(fleet: Fleet, event: Answered): Fleet {
  const member = fleet.members[event.service];
  if (member?.state.status !== "blocked") return fleet;
  const { state } = member;
  const { choice, restartUsers } = event;
  switch (choice) {
    case "next":
    case "kill":
    case "adopt":
    case "wait":
      // What was not offered is not done, `kill` above all.
      if (!state.conflicts.every(({ choices }) => choices.includes(choice))) return fleet;
      // What is being carried out is not begun again; only waiting can be given up for something else.
      if (state.answer !== undefined && (state.answer.choice !== "wait" || choice === "wait")) return fleet;
      return change(fleet, event.service, (old) => ({
        ...old,
        claim: "asked",
        state: { ...state, answer: { choice, restartUsers } },
      }));
    case "skip":
      return change(fleet, event.service, (old) => failed(unanswered(old), { kind: "skipped" }));
    case "quit":
    case "fail": {
      const [conflict] = state.conflicts;
      if (conflict === undefined) return fleet;
      const gaveUp = change(fleet, event.service, (old) => failed(unanswered(old), { kind: "conflict", conflict }));
      return choice === "quit" || fleet.rules.onFailure === "stop"
        ? ending(gaveUp, { kind: "conflict", conflict })
        : gaveUp;
    }
  }
}

/** The member without the answer it waited on: a `wait` is called off, what else was begun still comes to its end. */
export function unanswered(member: Member): Member {
  const { state } = member;
  return state.status === "blocked" && state.answer?.choice === "wait" ? { ...member, claim: "none" } : member;
}

/** The fleet once the member's ports are leased; running users of a port that moved hear of it. */
export function noteClaim(fleet: Fleet, member: Member, event: Claimed): Fleet {
  if (member.claim !== "asked") return fleet;
  const { state, service } = member;
  const claimed = change(fleet, service.name, (old) => ({
    ...old,
    ports: event.ports,
    claim: "held",
    adopted: false,
    state: state.status === "blocked" ? { status: "idle" } : state,
  }));
  if (!hasMoved(member, event.ports)) return claimed;
  const restartUsers = state.status === "blocked" && state.answer?.restartUsers === true;
  return (fleet.rules.portUsers[service.name] ?? []).reduce(
    (next, user) => informOfMove(next, user, service.name, restartUsers),
    claimed,
  );
}

/** The fleet once someone else's process serves in the member's place. */
export function noteAdoption(fleet: Fleet, member: Member, event: Adopted): Fleet {
  if (member.claim !== "asked") return fleet;
  const { ports } = event;
  // Taken back and asked for again before it came to that, it is waited for as it was.
  const isAwaited = member.state.status === "blocked" || (member.state.status === "idle" && member.wanted);
  return change(fleet, member.service.name, (old) =>
    isAwaited ? { ...rested(old, { status: "idle" }), adopted: true, claim: "held", ports } : { ...old, claim: "none" },
  );
}

/** The fleet once a port of the member is found in someone else's hands. */
export function noteConflict(fleet: Fleet, member: Member, event: Conflicted & { readonly at: Millis }): Fleet {
  const { conflicts, run, at } = event;
  const { name } = member.service;
  const { status } = member.state;
  if (run === undefined) {
    if (member.claim !== "asked") return fleet;
    const asks = status === "idle" || status === "blocked";
    return change(fleet, name, (old) => (asks ? blocked(old, conflicts) : { ...old, claim: "none" }));
  }
  if (status === "starting") return change(fleet, name, (old) => blocked(old, conflicts));
  if (isGoingDown(member) || isWatchedOnly(member)) return fleet;
  // A stranger answers in its place: ours ends first, then someone is asked.
  return change(fleet, name, (old) => stopping(fleet, old, at, { kind: "block", conflicts }));
}

/** True when a port is not the one that the others have been told so far. */
function hasMoved(member: Member, ports: Member["ports"]): boolean {
  return Object.entries(ports).some(([endpoint, port]) => {
    const preferred = member.service.endpoints.find(({ name }) => name === endpoint)?.preferred;
    return (member.ports[endpoint] ?? preferred) !== port;
  });
}

/** A running user of a moved port is restarted where that was agreed or its edge asks for it, else marked. */
function informOfMove(fleet: Fleet, name: string, moved: string, agreed: boolean): Fleet {
  const user = fleet.members[name];
  if (user === undefined || !isActive(user.state) || user.state.status === "stopping" || user.bounce) return fleet;
  const asked = user.service.needs.some((need) => need.service === moved && need.restart);
  if (agreed || asked) return bounceWithDependents(fleet, name);
  return change(fleet, name, (old) => ({ ...old, staleEnv: true }));
}
