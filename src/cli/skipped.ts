// Which services have not failed themselves, although they are not up: something else kept them from it.

import { describe } from "../core/failure.ts";
import type { Member, Outcome } from "../core/state.ts";

/** Why the service was never started, or was stopped, on account of another or of the run's end; undefined when the fault is its own. */
export function whySkipped(member: Member, outcome: Outcome, isUp: (service: string) => boolean): string | undefined {
  const { state, service, run, crashes, probeReason } = member;
  switch (state.status) {
    case "ready":
    case "exited":
    case "blocked":
    case "backoff":
      return undefined;
    case "failed":
      return state.failure.kind === "need-ended" || state.failure.kind === "skipped"
        ? describe(state.failure)
        : undefined;
    case "idle":
    case "starting":
    case "started":
    case "stopping":
      break;
  }
  if (crashes !== undefined || isCulprit(service.name, outcome)) return undefined;
  const missing = service.needs.map((need) => need.service).filter((name) => !isUp(name));
  if (run === 0 || state.status === "idle") {
    const needs = missing.length === 0 ? "the run ended before that" : `it needs ${missing.join(" and ")}`;
    return `was not started: ${needs}`;
  }
  // Nobody else kept it from being ready while there was time.
  const hadItsTime = outcome.kind === "timeout" || (outcome.kind === "interrupted" && probeReason !== undefined);
  return hadItsTime ? undefined : `was stopped before it was ready: ${endWords(outcome)}`;
}

function isCulprit(name: string, outcome: Outcome): boolean {
  if (outcome.kind === "failed") return outcome.service === name;
  return outcome.kind === "conflict" && outcome.conflict.service === name;
}

function endWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case "failed":
      return `${outcome.service} failed`;
    case "conflict":
      return `${outcome.conflict.service} could not have its port`;
    case "timeout":
      return "the time was over";
    case "done":
    case "interrupted":
      return "the run was ended";
  }
}
