// Takes in what became known of a service's current run: that it lives, proved ready, fell ill, ended.

import { bounceDependents, blocked, change, rested, stopping, withoutCrashes, withoutReason } from "./change.ts";
import { withCrash } from "./crash.ts";
import type { Event, Fact } from "./event.ts";
import type { Failure } from "./failure.ts";
import { dependentsOf } from "./needs.ts";
import { isSuccess, judgeEnd } from "./restart.ts";
import type { Millis, Service } from "./service.ts";
import type { After, Ending, Fleet, Member } from "./state.ts";
import { isGoingDown, isWatchedOnly } from "./state.ts";

type RunFact = Extract<
  Fact,
  {
    type:
      | "started"
      | "ready"
      | "unready"
      | "never-ready"
      | "healthy"
      | "unhealthy"
      | "said"
      | "extended"
      | "silent"
      | "lost"
      | "exited"
      | "swept";
  }
>;
type Fell = Extract<Fact, { type: "lost" }> & Event;
type Exited = Extract<Fact, { type: "exited" }> & Event;

/** The fleet once a fact about the member's current run is known. */
export function noteRun(fleet: Fleet, member: Member, event: RunFact & Event): Fleet {
  const { state } = member;
  const set = (next: (old: Member) => Member): Fleet => change(fleet, event.service, next);

  switch (event.type) {
    case "started": {
      if (state.status !== "starting") return fleet;
      const pid = event.pid === undefined ? {} : { pid: event.pid };
      return set((old) => ({ ...old, state: { status: "started", run: event.run, since: event.at, ...pid } }));
    }
    case "ready": {
      if (state.status !== "started") return fleet;
      const ready = set((old) => ({
        ...withoutReason(old),
        slow: false,
        state: { ...state, status: "ready", since: event.at, verified: event.verified },
      }));
      return recoverDependents(ready, event.service, event.at);
    }
    case "unready":
      return state.status === "started" ? set((old) => ({ ...old, probeReason: event.reason })) : fleet;
    case "never-ready":
      // What goes down anyway waits for its dependents, and is not judged on the way.
      if (state.status !== "started" || isGoingDown(member)) return fleet;
      return set((old) => {
        const { failures } = old.service.ready;
        const late = neverReady(old, event.at, event.reason);
        const failure = failures === undefined ? late : { ...late, failures };
        return stopping(fleet, old, event.at, { kind: "judge", end: { failure } });
      });
    case "healthy":
      return state.status === "ready" ? set((old) => ({ ...old, health: { status: "healthy" } })) : fleet;
    case "unhealthy":
      return state.status === "ready" ? set((old) => noteUnhealthy(fleet, old, event.reason, event.at)) : fleet;
    case "said":
      return set((old) => (old.said === event.text ? old : { ...old, said: event.text }));
    case "extended":
      return set((old) => extended(old, event.at + event.by));
    case "silent": {
      const limit = member.service.watchdog;
      if (state.status !== "ready" || isGoingDown(member) || limit === undefined) return fleet;
      return set((old) =>
        stopping(fleet, old, event.at, { kind: "judge", end: { failure: { kind: "silent", limit } } }),
      );
    }
    case "lost":
      return noteLoss(fleet, member, event);
    case "exited":
      return noteExit(fleet, member, event);
    case "swept":
      return state.status === "stopping" ? settle(fleet, member, state.after, event) : fleet;
  }
}

/** Time is only ever given, never taken away; and none once it has been killed. */
function extended(member: Member, to: Millis): Member {
  const { state } = member;
  if (state.status === "started") return { ...member, extendedTo: Math.max(to, member.extendedTo ?? 0) };
  if (state.status !== "stopping" || state.killed) return member;
  return { ...member, state: { ...state, deadline: Math.max(to, state.deadline) } };
}

/** What a run that did not prove ready has failed of. */
export function neverReady({ state }: Member, at: Millis, reason: string): Extract<Failure, { kind: "not-ready" }> {
  return { kind: "not-ready", timeout: state.status === "started" ? at - state.since : 0, reason };
}

/** Dependents that ended while this was away are tried at once, and what they went through is forgotten. */
function recoverDependents(fleet: Fleet, name: string, at: Millis): Fleet {
  return dependentsOf(fleet, name).reduce(
    (next, { service }) =>
      change(next, service.name, (old) =>
        old.state.status === "backoff"
          ? { ...old, recentRestarts: [], state: { ...old.state, until: Math.min(old.state.until, at) } }
          : old,
      ),
    fleet,
  );
}

function noteUnhealthy(fleet: Fleet, member: Member, reason: string, at: Millis): Member {
  const sick: Member = { ...member, health: { status: "unhealthy", reason } };
  if (member.service.health?.restart !== true || isGoingDown(member) || isWatchedOnly(member)) return sick;
  return stopping(fleet, sick, at, { kind: "judge", end: { failure: { kind: "unhealthy", reason } } });
}

function noteLoss(fleet: Fleet, member: Member, event: Fell): Fleet {
  const { name, type } = member.service;
  // An adopted process that is gone is replaced by our own, which dependents follow as they would a restart.
  if (member.adopted) {
    const gone: Member = { ...rested(member, { status: "idle" }), adopted: false, claim: "none" };
    return bounceDependents(
      change(fleet, name, () => gone),
      name,
    );
  }
  if (type !== "external" || member.state.status !== "ready") return fleet;
  const state = { status: "started", run: event.run, since: event.at } as const;
  return change(fleet, name, (old) => ({ ...old, probeReason: event.reason, health: { status: "unknown" }, state }));
}

function noteExit(fleet: Fleet, member: Member, told: Exited): Fleet {
  const { state } = member;
  const event = { ...told, end: withKiller(fleet, member, told.end) };
  const { lastWords: _, ...former } = member;
  const ended: Member = {
    ...former,
    lastEnd: event.end,
    ...(event.words === undefined ? {} : { lastWords: event.words }),
  };
  const after: After = state.status === "stopping" ? state.after : { kind: "judge", end: endOf(member, event) };
  if (!event.left) return settle(fleet, ended, after, event);
  // The leader is gone but others of its group live: they end before anything else happens.
  return change(fleet, member.service.name, () => stopping(fleet, ended, event.at, after));
}

/** From its readiness, how long a service has only just come up. */
const justAfter: Millis = 1000;
/** The same for one that leaves something behind: a script may wait for the server that it has started. */
const justAfterDetaching: Millis = 5000;

/** The end with who is known to have sent SIGKILL: what is to end anyway says nothing of the machine's memory. */
function withKiller({ hurried }: Fleet, member: Member, end: Ending): Ending {
  if (!("exit" in end) || end.exit.signal !== "SIGKILL" || end.exit.sentBy !== undefined) return end;
  const { state } = member;
  if (state.status !== "stopping" && !isGoingDown(member)) return end;
  const isDue = state.status === "stopping" && state.killed;
  return { exit: { ...end.exit, sentBy: hurried ? "launch" : isDue ? "launch, in the end" : "somebody" } };
}

/** A success that is none: what it left goes on in the background, or it was to serve and has not, or hardly. */
function endOf({ service, state }: Member, { end, background, at }: Exited): Ending {
  if (service.type !== "service" || !("exit" in end) || !isSuccess(end.exit, service.successExitCodes)) return end;
  const { exit } = end;
  const readyFor = state.status === "ready" ? at - state.since : undefined;
  const [left] = background ?? [];
  if (left !== undefined && (readyFor ?? 0) <= justAfterDetaching) {
    return { failure: { kind: "detached", exit, left } };
  }
  if (service.ready.probe.kind === "none") return end;
  if (state.status === "started") return { failure: { kind: "ended-early", exit } };
  const isSudden = readyFor !== undefined && readyFor <= justAfter && !isEndExpected(service);
  return isSudden ? { failure: { kind: "ended-early", exit, wasReady: true } } : end;
}

/** True when the service need not go on: the manifest says so, or it has itself said all that was waited for. */
function isEndExpected({ onExit, restart, ready }: Service): boolean {
  const isOwnWord = ready.probe.kind === "log" || ready.probe.kind === "notify";
  return isOwnWord || onExit === "shutdown" || onExit === "fail" || restart.policy === "no";
}

/** What the service becomes now that nothing of its run lives. */
function settle(fleet: Fleet, member: Member, after: After, event: Event): Fleet {
  const { name } = member.service;
  const next = change(fleet, name, () => settled(fleet, member, after, event));
  // Dependents that asked to follow a restart follow a crash as well.
  return next.members[name]?.state.status === "backoff" ? bounceDependents(next, name) : next;
}

function settled(fleet: Fleet, member: Member, after: After, event: Event): Member {
  if (after.kind === "block") return blocked(member, after.conflicts);
  // It was to start again anyway, so how it came to its end does not matter.
  if (member.wanted && member.bounce) return rested(member, { status: "idle" });
  switch (after.kind) {
    case "rest":
      return rested(member, { status: "idle" });
    case "judge":
      return judged(fleet, member, after.end, event);
  }
}

function judged(fleet: Fleet, member: Member, end: Ending, event: Event): Member {
  const verdict = judgeEnd(member, end, event.at, event.random, fleet.rules.restarts);
  // Nobody wants it any more: it is not started again, but a failure of its own stays one.
  if (!member.wanted) {
    return rested(member, verdict.state.status === "backoff" ? { status: "idle" } : verdict.state);
  }
  const { state, recentRestarts, restarts } = verdict;
  const next = rested(state.status === "failed" ? member : withoutCrashes(member), state);
  const crashes = state.status === "backoff" ? { crashes: withCrash(member.crashes, state.failure) } : {};
  return { ...next, ...crashes, recentRestarts, restarts };
}
