// A service's state in the word and tone that the table shows, and what is behind it in a few words.

import { describe, describeMillis, describeExit } from "../../core/failure.ts";
import { needState, openPortsFor } from "../../core/needs.ts";
import type { Millis } from "../../core/service.ts";
import type { Fleet, Member } from "../../core/state.ts";
import { type Span, span } from "./line.ts";

/** The state as one word. */
export function stateWord(member: Member): Span {
  const { state, health, adopted, service } = member;
  switch (state.status) {
    case "idle":
      return member.wanted ? span("waiting", "warn") : span("idle", "dim");
    case "blocked":
      return span("blocked", "bad");
    case "starting":
      return span("starting", "warn");
    case "started":
      return span(service.type === "task" ? "running" : "starting", "warn");
    case "ready":
      if (health.status === "unhealthy") return span("unhealthy", "bad");
      if (adopted) return span("adopted", "good");
      if (service.type === "external") return span("external", "good");
      return state.verified ? span("ready", "good") : span("unverified", "good");
    case "stopping":
      return span(state.killed ? "killing" : "stopping", "warn");
    case "backoff":
      return span("backoff", "bad");
    case "exited":
      return span(service.type === "task" ? "completed" : "exited", "good");
    case "failed":
      return state.failure.kind === "skipped" ? span("skipped", "dim") : span("failed", "bad");
  }
}

/** What the state is about: the health, the last reason, what it waits for, when it tries again. */
export function stateReason(fleet: Fleet, member: Member, at: Millis): Span {
  const { state, health } = member;
  switch (state.status) {
    case "idle":
      if (member.wanted) return span(waitWords(fleet, member), "warn");
      return member.lastEnd === undefined ? span("-", "dim") : span("stopped", "dim");
    case "blocked": {
      const ports = state.conflicts.map(({ port }) => port).join(", ");
      return state.answer === undefined
        ? span(`port ${ports} is taken`, "bad")
        : span(`port ${ports}: ${state.answer.choice} chosen`, "warn");
    }
    case "starting":
      return span(lastWords(member) ?? "-", "dim");
    case "started": {
      const word = member.probeReason ?? (member.service.type === "task" ? "-" : "no answer yet");
      return member.slow ? span(`slow: ${word}`, "warn") : span(word, "dim");
    }
    case "ready":
      if (health.status === "unhealthy") return span(health.reason, "bad");
      if (member.staleEnv) return span("was told an old port: restart it", "warn");
      return health.status === "healthy" ? span("ok", "good") : span("-", "dim");
    case "stopping":
      return span(
        state.killed
          ? "not all of it has ended"
          : `for ${describeMillis(at - state.since)}, killed in ${countdown(state.deadline - at)}`,
        "dim",
      );
    case "backoff":
      return span(`${describe(state.failure)}, retry in ${countdown(state.until - at)}`, "bad");
    case "exited":
      return span(describeExit(state.exit), "dim");
    case "failed":
      return state.failure.kind === "skipped" ? span("by choice", "dim") : span(describe(state.failure), "bad");
  }
}

/** What an idle service that is wanted waits for: `waits for db, cache`. */
function waitWords(fleet: Fleet, member: Member): string {
  const unmet = member.service.needs.filter((need) => needState(fleet, need) !== "met");
  const hopeless = unmet.filter((need) => needState(fleet, need) === "hopeless").map((need) => need.service);
  if (hopeless.length > 0) return `cannot start without ${hopeless.join(", ")}`;
  const open = unmet.map((need) => need.service);
  if (open.length > 0) return `waits for ${open.join(", ")}`;
  if (member.claim === "asked") return "waits for its ports";
  const ports = openPortsFor(fleet, member.service.name);
  return ports.length > 0 ? `waits for the port of ${ports.join(", ")}` : "about to start";
}

function lastWords({ lastEnd, restarts }: Member): string | undefined {
  if (lastEnd === undefined || restarts === 0) return undefined;
  return "exit" in lastEnd ? `after ${describeExit(lastEnd.exit)}` : `after: ${describe(lastEnd.failure)}`;
}

// Whole seconds: a tenth that is repainted once a second says nothing.
function countdown(ms: Millis): string {
  return describeMillis(Math.max(0, Math.ceil(ms / 1000) * 1000));
}

/** True when the service is in a state that somebody should look at. */
export function isTroubled(member: Member): boolean {
  const { status } = member.state;
  if (status === "failed") return stateWord(member).text === "failed";
  return status === "backoff" || status === "blocked" || member.health.status === "unhealthy";
}
