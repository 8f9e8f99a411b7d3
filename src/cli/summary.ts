// What is said once everything is up, and once everything is over.

import { crashStory, lastSaid } from "../core/crash.ts";
import { describe, describeMillis } from "../core/failure.ts";
import type { Millis } from "../core/service.ts";
import type { Fleet, Member, Outcome } from "../core/state.ts";
import { exitCodeOf, hasFailed, isUp } from "../core/state.ts";
import { standingOf, wordOf } from "../core/word.ts";
import { urlOf } from "../plan/env.ts";
import { table } from "./table.ts";
import type { Style } from "./terminal.ts";

/** Milliseconds from a service's start to its readiness or completion, by name. */
export type ReadyTimes = Readonly<Record<string, Millis>>;

/** The table of what is up: name, state, ports, URL, time to ready. */
export function upTable(fleet: Fleet, times: ReadyTimes, style: Style): string {
  const rows = wantedOf(fleet).map((member) => {
    const { name } = member.service;
    const ports = Object.values(member.ports).join(", ");
    return [
      name,
      stateWord(member, style),
      ports,
      urlIn(member),
      times[name] === undefined ? "" : describeMillis(times[name]),
    ];
  });
  return table(["service", "state", "port", "url", "ready after"].map(style.dim), rows);
}

/** How many of those that were asked for are up: `3 of 6`. */
export function upCount(fleet: Fleet): string {
  const wanted = wantedOf(fleet);
  return `${wanted.filter(isUp).length} of ${wanted.length}`;
}

/** The last line about a run that took so long, without a line end. */
export function endingLine(project: string, took: Millis, outcome: Outcome, fleet: Fleet, style: Style): string {
  const words = outcomeWords(outcome, fleet);
  const ending = `${project}: ended after ${describeMillis(took)}`;
  return words === "" ? ending : `${ending}: ${exitCodeOf(outcome) === 0 ? words : style.bad(words)}`;
}

/** Why the run ended, for a person; empty when there is nothing to explain. */
export function outcomeWords(outcome: Outcome, fleet: Fleet): string {
  switch (outcome.kind) {
    case "done":
      return "";
    case "failed":
      return `${outcome.service} failed: ${describe(outcome.failure)}${lastSaidOf(fleet.members[outcome.service])}${othersFailed(fleet, outcome.service)}`;
    case "conflict":
      return `${outcome.conflict.service} could not have port ${outcome.conflict.port}`;
    case "timeout":
      return `not ready in time: ${outcome.waiting.map((name) => withReason(fleet.members[name], name)).join(", ")}`;
    case "interrupted": {
      const crashing = crashingOf(fleet);
      if (outcome.up) return crashing.map((member) => withReason(member, member.service.name)).join(", ");
      const open = wantedOf(fleet).filter((member) => !isUp(member));
      // What was ready has no reason any more; what only waited for others has none yet.
      const culprits = open.filter((member) => member.probeReason !== undefined || crashing.includes(member));
      const names = culprits.map((member) => withReason(member, member.service.name)).join(", ");
      return open.length === 0 ? "" : `ended before everything was up${names === "" ? "" : `: ${names}`}`;
    }
  }
}

/** What a service that has failed said last. */
function lastSaidOf(member: Member | undefined): string {
  return member === undefined || !hasFailed(member) ? "" : lastSaid(member);
}

function othersFailed(fleet: Fleet, named: string): string {
  const others = Object.values(fleet.members).filter((member) => hasFailed(member) && member.service.name !== named);
  return others.length === 0 ? "" : ` (and ${others.map((member) => member.service.name).join(", ")} failed)`;
}

/** A service with how it crashed, else with what its last failed probe said. */
function withReason(member: Member | undefined, name: string): string {
  const reason = member?.crashes === undefined ? member?.probeReason : crashStory(member);
  return reason === undefined ? name : `${name} (${reason})`;
}

/** Those that were crashing when the run ended. */
function crashingOf(fleet: Fleet): readonly Member[] {
  return Object.values(fleet.members).filter((member) => member.crashes !== undefined && !hasFailed(member));
}

/** The members that were ever asked to run. */
function wantedOf(fleet: Fleet): readonly Member[] {
  return Object.values(fleet.members).filter((member) => member.wanted || member.run > 0);
}

/** The URL of its main endpoint, or an empty string. */
export function urlIn(member: Member): string {
  const [endpoint] = member.service.endpoints;
  const port = endpoint === undefined ? undefined : member.ports[endpoint.name];
  return endpoint === undefined || port === undefined ? "" : urlOf(member.service, endpoint, port);
}

/** A member's state in one word, which a terminal also shows in a colour. */
export function stateWord(member: Member, style: Style): string {
  const word = wordOf(member);
  const tones = { well: style.good, moving: style.warn, trouble: style.bad, resting: style.dim } as const;
  return tones[standingOf(word)](word);
}
