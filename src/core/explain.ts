// Why a service is not serving: the chain from it to the cause, in words.

import { crashStory, lastSaid } from "./crash.ts";
import { describe, describeConflict, describeMillis } from "./failure.ts";
import { dependentsOf, needState, openPortsFor } from "./needs.ts";
import type { Millis, Need } from "./service.ts";
import type { Fleet, Member } from "./state.ts";
import { isActive, isGoingDown } from "./state.ts";
import { wordOf } from "./word.ts";

/** One link of the chain: what is so, and the links that make it so. */
export interface Explanation {
  readonly service: string;
  /** `waits for db to be ready`, `failed: command not found: pg`; no full stop. */
  readonly text: string;
  readonly because: readonly Explanation[];
}

/** Why the named service is as it is. A name that the fleet does not have is said to be unknown. */
export function explain(fleet: Fleet, name: string, at: Millis): Explanation {
  return explainMember(fleet, name, at, []);
}

/** The chain as lines, each cause indented below what it causes. */
export function explanationLines(explanation: Explanation, depth = 0): readonly string[] {
  const line = `${"  ".repeat(depth)}${depth === 0 ? "" : "└ "}${explanation.service} ${explanation.text}`;
  return [line, ...explanation.because.flatMap((cause) => explanationLines(cause, depth + 1))];
}

function explainMember(fleet: Fleet, name: string, at: Millis, seen: readonly string[]): Explanation {
  const member = fleet.members[name];
  if (member === undefined) return { service: name, text: "is not a service of this project", because: [] };
  const unmet = member.service.needs.filter((need) => needState(fleet, need) !== "met" && !seen.includes(need.service));
  const waits = member.wanted && member.state.status === "idle";
  const before = leavingFirst(fleet, member);
  const causes = waits ? unmet.map((need) => need.service) : before;
  return {
    service: name,
    text: before.length > 0 ? `waits for ${before.join(" and ")} to stop` : textOf(fleet, member, at, unmet),
    because: causes.map((cause) => explainMember(fleet, cause, at, [...seen, name])),
  };
}

/** The dependents that must have stopped before this running one is asked to. */
function leavingFirst(fleet: Fleet, member: Member): readonly string[] {
  const { status } = member.state;
  if (!isGoingDown(member) || (status !== "started" && status !== "ready")) return [];
  return dependentsOf(fleet, member.service.name)
    .filter((dependent) => isGoingDown(dependent) && isActive(dependent.state))
    .map(({ service }) => service.name);
}

function waitsForPorts(services: readonly string[]): string {
  return services.length === 0 ? "is about to start" : `waits to be told the port of ${services.join(" and ")}`;
}

function textOf(fleet: Fleet, member: Member, at: Millis, unmet: readonly Need[]): string {
  const { state, service, claim } = member;
  if (wordOf(member) === "crashing") return crashText(member, at);
  switch (state.status) {
    case "idle":
      if (!member.wanted) return member.run === 0 ? notAskedFor(fleet) : "was stopped";
      if (unmet.length > 0) return `waits for ${unmet.map(needText).join(" and ")}`;
      return claim === "asked" ? "waits for its ports" : waitsForPorts(openPortsFor(fleet, service.name));
    case "blocked": {
      const conflicts = state.conflicts.map(describeConflict).join("; ");
      return state.answer === undefined
        ? `is blocked: ${conflicts}`
        : `is blocked (${state.answer.choice} chosen): ${conflicts}`;
    }
    case "starting":
      return "is starting";
    case "started": {
      if (service.type === "task") return `is running for ${describeMillis(at - state.since)}`;
      const reason =
        member.probeReason === undefined ? "no probe has failed so far" : `last probe: ${member.probeReason}`;
      return `is starting, not ready after ${describeMillis(at - state.since)}; ${reason}${saidWords(member)}`;
    }
    case "ready":
      if (member.health.status === "unhealthy") return `is ready but unhealthy: ${member.health.reason}`;
      if (member.adopted) return "is ready: a process of somebody else serves in its place (adopted)";
      if (member.elsewhere !== undefined) return `${member.elsewhere}${saidWords(member)}`;
      if (member.socketLost === true) return `is ready; its next restart refuses connections${saidWords(member)}`;
      return `${state.verified ? "is ready" : "is ready (whose socket answered could not be verified)"}${saidWords(member)}`;
    case "stopping":
      return state.killed
        ? "is stopping, and being killed"
        : `is stopping, for ${describeMillis(at - state.since)} so far${saidWords(member)}`;
    case "backoff":
      return crashText(member, at);
    case "exited":
      return service.type === "task" ? "is completed" : "has exited: it ended by itself with success";
    case "failed":
      return state.failure.kind === "skipped" ? "was skipped" : `failed: ${describe(state.failure)}${lastSaid(member)}`;
  }
}

/** What it went through, and where it is on its way to the next try: one story, whichever moment it is looked at. */
function crashText(member: Member, at: Millis): string {
  return `is ${crashStory(member)}; ${tryText(member.state, at)}`;
}

function tryText(state: Member["state"], at: Millis): string {
  switch (state.status) {
    case "backoff":
      return `starts again in ${describeMillis(Math.max(0, state.until - at))}`;
    case "ready":
      return `ready again for ${describeMillis(at - state.since)}`;
    case "started":
      return `not ready after ${describeMillis(at - state.since)} of this try`;
    case "stopping":
      return "the last try is being ended";
    case "idle":
    case "blocked":
    case "starting":
    case "exited":
    case "failed":
      return "starts again now";
  }
}

function saidWords({ said }: Member): string {
  return said === undefined || said === "" ? "" : `; says: ${said}`;
}

function notAskedFor(fleet: Fleet): string {
  return fleet.outcome === undefined ? "was not asked for" : "was not started";
}

function needText(need: Need): string {
  switch (need.condition) {
    case "started":
      return `${need.service} to start`;
    case "ready":
      return `${need.service} to be ready`;
    case "completed":
      return `${need.service} to complete`;
  }
}
