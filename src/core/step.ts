// The whole of the rules as one pure function: an event in, the next fleet and what the machine is to do out.
// `note` takes the event in, `drive` makes every move that follows, and what is to be done is read off
// the difference between before and after.

import { drive } from "./drive.ts";
import type { Effect, Event, Step } from "./event.ts";
import { note } from "./note.ts";
import type { After, Fleet, Member } from "./state.ts";
import { isWatchedOnly } from "./state.ts";

/** One event in, the next fleet and its effects out. After the end nothing happens any more. */
export function step(fleet: Fleet, event: Event): Step {
  if (fleet.ended) return { fleet, effects: [] };
  const next = drive(note(fleet, event), event.at);
  return { fleet: next, effects: effectsOf(fleet, next) };
}

function effectsOf(before: Fleet, after: Fleet): readonly Effect[] {
  const effects: Effect[] = [];
  const claims: string[] = [];
  for (const [name, member] of Object.entries(after.members)) {
    const old = before.members[name];
    if (old === undefined || old === member) continue;
    if (old.claim !== "asked" && member.claim === "asked" && member.state.status !== "blocked") claims.push(name);
    effects.push(...memberEffects(old, member));
  }
  if (claims.length > 0) effects.unshift({ type: "claim", services: claims });
  if (after.ended && !before.ended && after.outcome !== undefined) {
    effects.push({ type: "end", outcome: after.outcome });
  }
  return effects;
}

/** What a member's way from one state to another asks of the machine. */
function memberEffects(before: Member, after: Member): readonly Effect[] {
  const service = after.service.name;
  const { state } = after;
  const effects: Effect[] = [];
  const entered = state.status !== before.state.status || after.run !== before.run;

  if (givesUpWaiting(before, after)) effects.push({ type: "unwait", service });
  switch (state.status) {
    case "blocked":
      effects.push(...blockedEffects(before, after, state));
      break;
    case "starting":
      if (entered) effects.push({ type: "start", service, run: state.run });
      break;
    case "started":
      if (entered && after.service.type !== "task") effects.push({ type: "watch", service, run: state.run });
      break;
    case "ready":
      if (entered && isMonitored(after)) {
        effects.push({ type: "monitor", service, run: state.run });
      }
      break;
    case "stopping":
      if (entered) effects.push({ type: "stop", service, run: state.run, abort: isSilence(state.after) });
      if (state.killed && !(before.state.status === "stopping" && before.state.killed)) {
        effects.push({ type: "kill", service, run: state.run });
      }
      break;
    case "idle":
    case "backoff":
    case "exited":
    case "failed":
      break;
  }
  return effects;
}

function isMonitored(member: Member): boolean {
  const { health, watchdog } = member.service;
  return health !== undefined || watchdog !== undefined || isWatchedOnly(member);
}

function isSilence(after: After): boolean {
  return after.kind === "judge" && "failure" in after.end && after.end.failure.kind === "silent";
}

function givesUpWaiting(before: Member, after: Member): boolean {
  if (!isWaiting(before) || isWaiting(after) || after.claim === "held") return false;
  // Blocked and unanswered again: it was the waiting itself that found something new.
  return after.state.status !== "blocked" || after.state.answer !== undefined;
}

function isWaiting({ state }: Member): boolean {
  return state.status === "blocked" && state.answer?.choice === "wait";
}

function blockedEffects(
  before: Member,
  after: Member,
  state: Extract<Member["state"], { status: "blocked" }>,
): readonly Effect[] {
  const service = after.service.name;
  const { conflicts, answer } = state;
  const answeredBefore = before.state.status === "blocked" ? before.state.answer : undefined;
  if (answer !== undefined) {
    return answer === answeredBefore ? [] : [{ type: "settle", service, choice: answer.choice, conflicts }];
  }
  const isNew =
    before.state.status !== "blocked" || answeredBefore !== undefined || before.state.conflicts !== conflicts;
  return isNew ? [{ type: "ask", service, conflicts }] : [];
}
