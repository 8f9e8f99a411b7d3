// A service's state in the word and tone that the table shows, and what is behind it in a few words.

import { nameCrashes, nameEnd } from "../../core/crash.ts";
import { describe, describeMillis, describeExit, type Failure } from "../../core/failure.ts";
import { needState, openPortsFor } from "../../core/needs.ts";
import type { Millis } from "../../core/service.ts";
import type { Fleet, Member } from "../../core/state.ts";
import { standingOf, type Word, wordOf } from "../../core/word.ts";
import { type Span, span, type Tone } from "./line.ts";

const nothing = span("");

/** The state as one word. */
export function stateWord(member: Member): Span {
  const word = wordOf(member);
  return span(word, toneOf(word));
}

/** The tone of a word. */
export function toneOf(word: Word): Tone {
  const tones = { well: "good", moving: "warn", trouble: "bad", resting: "dim" } as const;
  return tones[standingOf(word)];
}

/** What the state is about: the health, the last reason, what it waits for, when it tries again. */
export function stateReason(fleet: Fleet, member: Member, at: Millis): Span {
  const { state, health } = member;
  if (wordOf(member) === "crashing") return crashReason(member, at);
  switch (state.status) {
    case "idle":
      if (member.wanted) return span(waitWords(fleet, member), "warn");
      return member.lastEnd === undefined ? nothing : span("stopped", "dim");
    case "blocked": {
      const ports = state.conflicts.map(({ port }) => port).join(", ");
      return state.answer === undefined
        ? span(`port ${ports} is taken`, "bad")
        : span(`port ${ports}: ${state.answer.choice} chosen`, "warn");
    }
    case "starting":
      return nothing;
    case "started": {
      const word = member.probeReason ?? (member.service.type === "task" ? "" : "no answer yet");
      return member.slow ? span(`slow: ${word}`, "warn") : span(word, "dim");
    }
    case "ready":
      if (health.status === "unhealthy") return span(health.reason, "bad");
      if (member.elsewhere !== undefined) return span(member.elsewhere, "warn");
      if (member.staleEnv) return span("was told an old port: restart it", "warn");
      if (member.adopted) return span("somebody else's process", "dim");
      return health.status === "healthy" ? span("ok", "good") : nothing;
    case "stopping":
      return span(
        state.killed
          ? "not all of it has ended"
          : `for ${countdown(at - state.since)}, killed in ${countdown(state.deadline - at)}`,
        "dim",
      );
    case "backoff":
      return crashReason(member, at);
    case "exited":
      return span(describeExit(state.exit), "dim");
    case "failed":
      return state.failure.kind === "skipped"
        ? span("by choice", "dim")
        : span(withWords(nameFailure(state.failure), member), "bad");
  }
}

/** Why it has failed; of a crash loop first how it ended, for in a narrow table there is room for that alone. */
function nameFailure(failure: Failure): string {
  if (failure.kind !== "crash-loop") return describe(failure);
  const { last, restarts, window } = failure;
  const times = restarts === 1 ? "1 restart" : `${restarts} restarts`;
  return `${nameEnd(last)}, given up after ${times} within ${describeMillis(window)}`;
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

/** One story for the pause, the next try and the first moments of a try that went well, so that it does not blink. */
function crashReason(member: Member, at: Millis): Span {
  const { state, crashes } = member;
  const name = crashes === undefined ? "" : nameCrashes(crashes);
  const said = member.lastWords === undefined ? "" : `; last words: ${member.lastWords}`;
  return span(`${name}, ${tryWords(state, at)}${said}`, "bad");
}

function tryWords(state: Member["state"], at: Millis): string {
  switch (state.status) {
    case "backoff":
      return `again in ${countdown(state.until - at)}`;
    case "ready":
      return `ready for ${countdown(at - state.since)}`;
    case "started":
      return `trying for ${countdown(at - state.since)}`;
    case "stopping":
      return "ending the last try";
    case "idle":
    case "blocked":
    case "starting":
    case "exited":
    case "failed":
      return "trying now";
  }
}

/** Why it is so, and what the program itself said of it. */
function withWords(reason: string, { lastWords }: Member): string {
  return lastWords === undefined ? reason : `${reason}: ${lastWords}`;
}

// Whole seconds: a tenth that is repainted once a second says nothing.
function countdown(ms: Millis): string {
  return describeMillis(Math.max(0, Math.ceil(ms / 1000) * 1000));
}
