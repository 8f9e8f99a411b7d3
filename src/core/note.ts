// Takes an event into the fleet. Requests change what is wanted; facts change what is. Neither starts or
// stops anything by itself: that is `drive`'s part.

import {
  blocked,
  bounce,
  bounceDependents,
  change,
  changeAll,
  ending,
  failed,
  rested,
  stopping,
  withoutReason,
} from "./change.ts";
import type { Conflict } from "./conflict.ts";
import type { Event, Fact, Request } from "./event.ts";
import type { Failure } from "./failure.ts";
import { judgeEnd } from "./restart.ts";
import type { Millis } from "./service.ts";
import type { After, Ending, Fleet, Member } from "./state.ts";
import { isActive } from "./state.ts";
import { memberDeadline } from "./time.ts";

/** The fleet once the event is known. */
export function note(fleet: Fleet, event: Event): Fleet {
  switch (event.type) {
    case "up":
    case "down":
    case "restart":
    case "resolve":
    case "quit":
      return noteRequest(fleet, event);
    case "woke":
      return Object.values(fleet.members).reduce((next, member) => notePassedTime(next, member, event.at), fleet);
    case "claimed":
    case "conflict":
    case "adopted":
    case "started":
    case "ready":
    case "unready":
    case "never-ready":
    case "healthy":
    case "unhealthy":
    case "lost":
    case "exited":
    case "swept":
      return noteFact(fleet, event);
  }
}

function noteRequest(fleet: Fleet, event: Request & Event): Fleet {
  switch (event.type) {
    case "up":
      // Once the run is ending nothing new is wanted.
      return fleet.outcome === undefined ? changeAll(fleet, event.services, want) : fleet;
    case "down":
      return changeAll(fleet, event.services, (old) => ({ ...old, wanted: false }));
    case "restart":
      if (fleet.outcome !== undefined) return fleet;
      return event.services.reduce(
        (next, name) =>
          bounceDependents(
            change(next, name, (old) => bounce(want(old))),
            name,
          ),
        fleet,
      );
    case "resolve":
      return noteAnswer(fleet, event);
    case "quit": {
      const end = ending(fleet, { kind: "interrupted", by: event.by, up: fleet.wasUp });
      return event.force ? hurried(end, event.at) : end;
    }
  }
}

/** Wanted; and what had ended or given up gets a new chance. */
function want(member: Member): Member {
  const { status } = member.state;
  const again = status === "exited" ? member.service.type !== "task" : status === "failed";
  const wanted: Member = { ...member, wanted: true };
  return again ? { ...rested(wanted, { status: "idle" }), recentRestarts: [] } : wanted;
}

function noteAnswer(fleet: Fleet, event: Extract<Request, { type: "resolve" }>): Fleet {
  const state = fleet.members[event.service]?.state;
  if (state?.status !== "blocked") return fleet;
  const { choice, restartUsers } = event;
  switch (choice) {
    case "next":
    case "kill":
    case "adopt":
    case "wait":
      return change(fleet, event.service, (old) => ({
        ...old,
        claim: "asked",
        state: { ...state, answer: { choice, restartUsers } },
      }));
    case "skip":
      return change(fleet, event.service, (old) => failed(old, { kind: "skipped" }));
    case "quit":
    case "fail": {
      const [conflict] = state.conflicts;
      if (conflict === undefined) return fleet;
      const gaveUp = change(fleet, event.service, (old) => failed(old, { kind: "conflict", conflict }));
      return choice === "quit" || fleet.rules.onFailure === "stop"
        ? ending(gaveUp, { kind: "conflict", conflict })
        : gaveUp;
    }
  }
}

function hurried(fleet: Fleet, at: Millis): Fleet {
  const hurry = (member: Member): Member =>
    member.state.status === "stopping" && !member.state.killed
      ? { ...member, state: { ...member.state, deadline: at } }
      : member;
  return { ...changeAll(fleet, Object.keys(fleet.members), hurry), hurried: true };
}

type RunFact = Exclude<Fact, { type: "woke" }>;

function noteFact(fleet: Fleet, event: RunFact & Event): Fleet {
  const member = fleet.members[event.service];
  if (member === undefined || isOld(member, event)) return fleet;
  const { state } = member;
  const set = (next: (old: Member) => Member): Fleet => change(fleet, event.service, next);

  switch (event.type) {
    case "claimed":
      return noteClaim(fleet, member, event.ports);
    case "conflict":
      return set((old) => noteConflict(fleet, old, event.conflicts, event.at));
    case "adopted":
      return set((old) => ({ ...rested(old, { status: "idle" }), adopted: true, claim: "held", ports: event.ports }));
    case "started": {
      if (state.status !== "starting") return fleet;
      const pid = event.pid === undefined ? {} : { pid: event.pid };
      return set((old) => ({ ...old, state: { status: "started", run: event.run, since: event.at, ...pid } }));
    }
    case "ready":
      if (state.status !== "started") return fleet;
      return set((old) => ({
        ...withoutReason(old),
        slow: false,
        state: { ...state, status: "ready", since: event.at, verified: event.verified },
      }));
    case "unready":
      return set((old) => ({ ...old, probeReason: event.reason }));
    case "never-ready":
      return set((old) =>
        stopping(fleet, old, event.at, { kind: "fail", failure: neverReady(old, event.at, event.reason) }),
      );
    case "healthy":
      return set((old) => ({ ...old, health: { status: "healthy" } }));
    case "unhealthy":
      return set((old) => noteUnhealthy(fleet, old, event.reason, event.at));
    case "lost":
      return set((old) => noteLoss(old, event));
    case "exited":
      return noteExit(fleet, member, event);
    case "swept":
      return state.status === "stopping" ? settle(fleet, member, state.after, event) : fleet;
  }
}

/** A fact about a run that is over is no news. */
function isOld(member: Member, event: RunFact): boolean {
  const run = "run" in event ? event.run : undefined;
  return run !== undefined && (run !== member.run || !isActive(member.state));
}

function noteClaim(fleet: Fleet, member: Member, ports: Member["ports"]): Fleet {
  const { name } = member.service;
  const { state } = member;
  const moved = Object.entries(ports).some(
    ([endpoint, port]) => member.ports[endpoint] !== undefined && member.ports[endpoint] !== port,
  );
  const restartUsers = state.status === "blocked" && state.answer?.restartUsers === true;
  const claimed = change(fleet, name, (old) => ({
    ...old,
    ports,
    claim: "held",
    adopted: false,
    state: state.status === "blocked" ? { status: "idle" } : state,
  }));
  if (!moved) return claimed;
  return (fleet.rules.portUsers[name] ?? []).reduce(
    (next, user) => change(next, user, (old) => informOfMove(old, name, restartUsers)),
    claimed,
  );
}

/** A running user of a moved port is restarted where that was agreed or its edge asks for it, else marked. */
function informOfMove(user: Member, moved: string, agreed: boolean): Member {
  if (!isActive(user.state) || user.state.status === "stopping" || user.bounce) return user;
  const asked = user.service.needs.some((need) => need.service === moved && need.restart);
  return agreed || asked ? bounce(user) : { ...user, staleEnv: true };
}

function noteConflict(fleet: Fleet, member: Member, conflicts: readonly Conflict[], at: Millis): Member {
  switch (member.state.status) {
    case "started":
    case "ready":
      // A stranger answers in its place: ours ends first, then someone is asked.
      return stopping(fleet, member, at, { kind: "block", conflicts });
    case "stopping":
      return member;
    case "idle":
    case "blocked":
    case "starting":
    case "backoff":
    case "exited":
    case "failed":
      return blocked(member, conflicts);
  }
}

function noteUnhealthy(fleet: Fleet, member: Member, reason: string, at: Millis): Member {
  const sick: Member = { ...member, health: { status: "unhealthy", reason } };
  if (member.service.health?.restart !== true || member.state.status !== "ready") return sick;
  return stopping(fleet, sick, at, { kind: "judge", end: { failure: { kind: "unhealthy", reason } } });
}

function noteLoss(member: Member, event: Extract<Fact, { type: "lost" }> & Event): Member {
  // An adopted process that is gone is replaced by our own.
  if (member.adopted) return { ...rested(member, { status: "idle" }), adopted: false, claim: "none" };
  if (member.service.type !== "external" || member.state.status !== "ready") return member;
  return { ...member, probeReason: event.reason, state: { status: "started", run: event.run, since: event.at } };
}

function noteExit(fleet: Fleet, member: Member, event: Extract<Fact, { type: "exited" }> & Event): Fleet {
  const { state } = member;
  const ended: Member = { ...member, lastEnd: event.end };
  const after: After = state.status === "stopping" ? state.after : { kind: "judge", end: event.end };
  if (!event.left) return settle(fleet, ended, after, event);
  // The leader is gone but others of its group live: they end before anything else happens.
  return change(fleet, member.service.name, () => stopping(fleet, ended, event.at, after));
}

/** What the service becomes now that nothing of its run lives. */
function settle(fleet: Fleet, member: Member, after: After, event: Event): Fleet {
  const { name } = member.service;
  const next = change(fleet, name, () => settled(fleet, member, after, event));
  // Dependents that asked to follow a restart follow a crash as well.
  return next.members[name]?.state.status === "backoff" ? bounceDependents(next, name) : next;
}

function settled(fleet: Fleet, member: Member, after: After, event: Event): Member {
  switch (after.kind) {
    case "rest":
      return rested(member, { status: "idle" });
    case "fail":
      return failed(member, after.failure);
    case "block":
      return blocked(member, after.conflicts);
    case "judge":
      return judged(fleet, member, after.end, event);
  }
}

function judged(fleet: Fleet, member: Member, end: Ending, event: Event): Member {
  const verdict = judgeEnd(member, end, event.at, event.random, fleet.rules.restarts);
  // Nobody wants it any more: it is not started again, but a failure of its own stays one.
  if (!member.wanted || member.bounce) {
    return rested(member, verdict.state.status === "backoff" ? { status: "idle" } : verdict.state);
  }
  return { ...rested(member, verdict.state), recentRestarts: verdict.recentRestarts, restarts: verdict.restarts };
}

function notePassedTime(fleet: Fleet, member: Member, at: Millis): Fleet {
  const { state, service } = member;
  const deadline = memberDeadline(fleet, member);
  if (deadline === undefined || at < deadline || state.status !== "started") return fleet;
  if (fleet.rules.patient) return change(fleet, service.name, (old) => ({ ...old, slow: true }));
  const reason = member.probeReason ?? "no probe has answered yet";
  return change(fleet, service.name, (old) =>
    stopping(fleet, old, at, { kind: "fail", failure: neverReady(old, at, reason) }),
  );
}

function neverReady(member: Member, at: Millis, reason: string): Failure {
  return { kind: "not-ready", timeout: member.state.status === "started" ? at - member.state.since : 0, reason };
}
