// Takes an event into the fleet. Requests change what is wanted; facts change what is. Neither starts or
// stops anything by itself: that is `drive`'s part.

import { bounce, bounceDependents, change, changeAll, ending, rested, stopping, withoutCrashes } from "./change.ts";
import { noteAdoption, noteAnswer, noteClaim, noteConflict } from "./claim.ts";
import type { Event, Fact, Request } from "./event.ts";
import { noteReclaim } from "./reclaim.ts";
import type { Notice } from "./notice.ts";
import { neverReady, noteRun } from "./run.ts";
import { withRunningDependents } from "./needs.ts";
import type { Millis } from "./service.ts";
import type { Fleet, Member } from "./state.ts";
import { isActive, isWatchedOnly } from "./state.ts";
import { memberDeadline } from "./time.ts";

/** The fleet once the event is known. */
export function note(fleet: Fleet, event: Event): Fleet {
  switch (event.type) {
    case "up":
    case "down":
    case "restart":
    case "kill":
    case "resolve":
    case "quit":
      return noteRequest(fleet, event);
    case "noticed":
      return noteNotice(fleet, event.notice);
    case "reclaimed":
      return noteReclaim(fleet, event);
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
    case "said":
    case "extended":
    case "silent":
    case "lost":
    case "exited":
    case "swept":
      return noteFact(fleet, event);
  }
}

/** What is said is kept where it stays true. */
function noteNotice(fleet: Fleet, notice: Notice): Fleet {
  if (notice.kind !== "elsewhere") return fleet;
  return change(fleet, notice.service, (old) =>
    old.state.status === "ready" && old.run === notice.run ? { ...old, elsewhere: notice.message } : old,
  );
}

function noteRequest(fleet: Fleet, event: Request & Event): Fleet {
  switch (event.type) {
    case "up":
      // Once the run is ending nothing new is wanted.
      return fleet.outcome === undefined ? noteWish(fleet, event) : fleet;
    case "down":
      return changeAll(fleet, event.services, (old) => ({ ...withoutCrashes(old), wanted: false }));
    case "restart": {
      if (fleet.outcome !== undefined) return fleet;
      const services = event.dependents === true ? withRunningDependents(fleet, event.services) : event.services;
      return services.reduce((next, name) => bounceDependents(change(next, name, again), name), fleet);
    }
    case "kill":
      return changeAll(fleet, event.services, (old) => killed(fleet, old, event.at, event.grace));
    case "resolve":
      return noteAnswer(fleet, event);
    case "quit": {
      const end = ending(fleet, { kind: "interrupted", by: event.by, up: fleet.wasUp });
      return event.force ? hurried(end, event.at) : end;
    }
  }
}

function noteWish(fleet: Fleet, { services, needed = [] }: Extract<Request, { type: "up" }>): Fleet {
  const marked = changeAll(fleet, services, (old) => {
    const { needed: _, ...asked } = old;
    if (!needed.includes(old.service.name)) return asked;
    // What somebody has asked for stays so when it is needed as well.
    return old.wanted ? old : { ...old, needed: true };
  });
  return changeAll(marked, services, want);
}

/** Wanted; and what had ended or given up gets a new chance. A task that has completed stays so. */
function want(member: Member): Member {
  const { status } = member.state;
  const isOver = status === "failed" || (status === "exited" && member.service.type !== "task");
  return isOver ? afresh(member) : { ...member, wanted: true };
}

/** Wanted, and on its way to a new run, whatever it is now. */
function again(member: Member): Member {
  switch (member.state.status) {
    case "idle":
    case "blocked":
      return { ...member, wanted: true };
    case "starting":
    case "started":
    case "ready":
    case "stopping":
      return bounce({ ...withoutCrashes(member), wanted: true });
    case "backoff":
    case "exited":
    case "failed":
      return afresh(member);
  }
}

function afresh(member: Member): Member {
  return { ...rested(withoutCrashes(member), { status: "idle" }), wanted: true, recentRestarts: [] };
}

/** No longer wanted and on its way to its end at once, whoever needs it; said as what it was, whatever it ends with. */
function killed(fleet: Fleet, member: Member, at: Millis, grace: Millis): Member {
  const unwanted: Member = { ...member, wanted: false };
  // What is being spawned is stopped once it is there.
  if (!isActive(member.state) || member.state.status === "starting" || isWatchedOnly(member)) return unwanted;
  const after = { kind: "judge", end: { failure: { kind: "killed" } } } as const;
  const next = stopping(fleet, unwanted, at, after);
  const { state } = next;
  if (state.status !== "stopping") return next;
  // What was stopping already gets no more time than it had.
  const wasStopping = member.state.status === "stopping";
  const deadline = wasStopping || fleet.hurried ? Math.min(state.deadline, at + grace) : at + grace;
  return { ...next, state: { ...state, after, deadline } };
}

function hurried(fleet: Fleet, at: Millis): Fleet {
  const hurry = (member: Member): Member =>
    member.state.status === "stopping" && !member.state.killed
      ? { ...member, state: { ...member.state, deadline: at } }
      : member;
  return { ...changeAll(fleet, Object.keys(fleet.members), hurry), hurried: true };
}

function noteFact(fleet: Fleet, event: Exclude<Fact, { type: "woke" | "noticed" | "reclaimed" }> & Event): Fleet {
  const member = fleet.members[event.service];
  if (member === undefined) return fleet;
  // A fact about a run that is over is no news.
  const run = "run" in event ? event.run : undefined;
  if (run !== undefined && (run !== member.run || !isActive(member.state))) return fleet;
  switch (event.type) {
    case "claimed":
      return noteClaim(fleet, member, event);
    case "conflict":
      return noteConflict(fleet, member, event);
    case "adopted":
      return noteAdoption(fleet, member, event);
    case "started":
    case "ready":
    case "unready":
    case "never-ready":
    case "healthy":
    case "unhealthy":
    case "said":
    case "extended":
    case "silent":
    case "lost":
    case "exited":
    case "swept":
      return noteRun(fleet, member, event);
  }
}

function notePassedTime(fleet: Fleet, member: Member, at: Millis): Fleet {
  const { state, service } = member;
  const deadline = memberDeadline(fleet, member);
  if (deadline === undefined || at < deadline) return fleet;
  if (state.status === "ready") return change(fleet, service.name, withoutCrashes);
  if (state.status !== "started") return fleet;
  if (fleet.rules.patient) return change(fleet, service.name, (old) => ({ ...old, slow: true }));
  const reason = member.probeReason ?? "no probe has answered yet";
  return change(fleet, service.name, (old) =>
    stopping(fleet, old, at, { kind: "judge", end: { failure: neverReady(old, at, reason) } }),
  );
}
