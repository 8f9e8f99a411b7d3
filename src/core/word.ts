// The one word for what a service is right now: dashboard, tables, `why`, the journal, JSON, the report and the documentation
// all say the same.

import type { Member } from "./state.ts";

/** Every word there is, in the order of a header: what is well, what is on its way, what wants a person, what rests. */
export const words = [
  "ready",
  "unverified",
  "adopted",
  "external",
  "completed",
  "exited",
  "running",
  "starting",
  "waiting",
  "crashing",
  "unhealthy",
  "blocked",
  "failed",
  "stopping",
  "skipped",
  "idle",
] as const;

/** One of them. */
export type Word = (typeof words)[number];

/** What a word means for whoever looks: all is well, it takes a moment, somebody should look, or nobody wants it. */
export type Standing = "well" | "moving" | "trouble" | "resting";

/** The word for a member. */
export function wordOf(member: Member): Word {
  const { state, health, service, adopted, wanted } = member;
  switch (state.status) {
    case "idle":
      return wanted ? "waiting" : "idle";
    case "blocked":
      return "blocked";
    case "backoff":
      return "crashing";
    case "starting":
    case "started":
      if (member.crashes !== undefined) return "crashing";
      return state.status === "started" && service.type === "task" ? "running" : "starting";
    case "ready":
      if (member.crashes !== undefined) return "crashing";
      if (health.status === "unhealthy") return "unhealthy";
      if (adopted) return "adopted";
      if (service.type === "external") return "external";
      return state.verified ? "ready" : "unverified";
    case "stopping":
      // What is left of a try that failed is ended before the next one.
      return member.crashes !== undefined && wanted && !member.bounce && state.after.kind === "judge"
        ? "crashing"
        : "stopping";
    case "exited":
      return service.type === "task" ? "completed" : "exited";
    case "failed":
      return state.failure.kind === "skipped" ? "skipped" : "failed";
  }
}

/** What the word means for whoever looks. */
export function standingOf(word: Word): Standing {
  switch (word) {
    case "ready":
    case "unverified":
    case "adopted":
    case "external":
    case "completed":
    case "exited":
      return "well";
    case "starting":
    case "running":
    case "waiting":
    case "stopping":
      return "moving";
    case "crashing":
    case "unhealthy":
    case "blocked":
    case "failed":
      return "trouble";
    case "skipped":
    case "idle":
      return "resting";
  }
}

/** What it said last, where that tells why it is as it is. */
export function tellingWords(member: Member): string | undefined {
  const word = wordOf(member);
  return word === "crashing" || word === "failed" ? member.lastWords : undefined;
}

/** True when somebody should look at the service. */
export function isTroubled(member: Member): boolean {
  return standingOf(wordOf(member)) === "trouble";
}
