// Broken rules, each with one fault, to see that the laws notice: a law that catches nothing proves nothing.

import { note } from "../../src/core/note.ts";
import type { Effect, Step } from "../../src/core/event.ts";
import type { Fleet, Member } from "../../src/core/state.ts";
import { step } from "../../src/core/step.ts";
import type { laws } from "./laws.ts";
import type { Rulebook } from "./host.ts";

/** For each law, rules that break it. A fault that counts is made anew for each run. */
export const faults: Readonly<Record<keyof typeof laws, () => Rulebook>> = {
  "a service starts only when its needs are met": () => (fleet, event) =>
    changed(step(changed(fleet, withoutNeeds), event), withNeedsOf(fleet)),

  "no service has two live runs": () => (fleet, event) => {
    if (event.type !== "restart") return step(fleet, event);
    // Starts the new run without waiting for the end of the old one.
    const restarted = event.services.filter((name) => fleet.members[name]?.state.status === "ready");
    const next = changed(fleet, (member) =>
      restarted.includes(member.service.name)
        ? { ...member, run: member.run + 1, state: { status: "starting", run: member.run + 1, since: event.at } }
        : member,
    );
    const starts = restarted.map((service) => ({ type: "start", service, run: next.members[service]!.run }) as const);
    return { fleet: next, effects: starts };
  },

  "after quit everything ends, in bounded time": () => (fleet, event) =>
    // Forgets that what was being spawned has to be stopped once it is there.
    event.type === "started" && fleet.outcome !== undefined ? { fleet, effects: [] } : step(fleet, event),

  "after the end nothing is asked of the machine": () => (fleet, event) =>
    fleet.ended ? step({ ...fleet, ended: false }, event) : step(fleet, event),

  "dependents stop before what they need": () => (fleet, event) =>
    fleet.outcome === undefined && event.type !== "quit"
      ? step(fleet, event)
      : changed(step(changed(fleet, withoutNeeds), event), withNeedsOf(fleet)),

  "what does not end in its grace is killed, and nothing is killed before": () => without("kill"),

  "what lives when an engine dies is taken back": () => (fleet, event) => {
    if (event.type !== "reclaimed") return step(fleet, event);
    const services = Object.entries(event.services).map(([name, one]) => [name, { ...one, found: { kind: "down" } }]);
    return step(fleet, { ...event, services: Object.fromEntries(services) as typeof event.services });
  },

  "restarts keep to their delay": () => (fleet, event) =>
    changed(step(fleet, event), (member) =>
      member.state.status === "backoff" ? { ...member, state: { ...member.state, until: 0 } } : member,
    ),

  "restarts keep to their limit": () => (fleet, event) =>
    step(
      changed(fleet, (member) => ({ ...member, recentRestarts: [] })),
      event,
    ),

  "who was not ready in time is tried again by its policy": () => (fleet, event) =>
    changed(step(fleet, event), (member) =>
      member.state.status === "backoff" && member.state.failure.kind === "not-ready"
        ? { ...member, state: { status: "failed", failure: member.state.failure } }
        : member,
    ),

  "who goes into the background has failed": () => (fleet, event) =>
    step(fleet, event.type === "exited" ? { ...event, background: [] } : event),

  "a run ends with what was asked for": () => (fleet, event) =>
    step(fleet, event.type === "up" ? { ...event, needed: [] } : event),

  "who was killed by a person stays dead": () => (fleet, event) => {
    // Stops it, and still wants it.
    const next = step(fleet, event);
    if (event.type !== "kill") return next;
    return changed(next, (member) =>
      member.state.status === "stopping" && event.services.includes(member.service.name)
        ? { ...member, wanted: true, state: { ...member.state, after: { kind: "rest" } } }
        : member,
    );
  },

  "nothing starts without its ports": () => (fleet, event) =>
    step(
      changed(fleet, (member) => ({ ...member, claim: "held" })),
      event,
    ),

  "nothing starts while ports are being claimed": () => (fleet, event) => {
    // Takes the first answer for the answer of all.
    const next = step(fleet, event);
    if (event.type !== "claimed") return next;
    return step(
      changed(next.fleet, (member) => (member.service.name === event.service ? member : { ...member, claim: "held" })),
      event,
    );
  },

  "every conflict is asked about or settled": () => without("ask"),

  "nothing that could start just sits there": () => without("claim"),

  "news of a former run changes nothing": () => (fleet, event) =>
    "run" in event && event.run !== undefined
      ? step(fleet, { ...event, run: fleet.members[event.service]!.run })
      : step(fleet, event),

  "the same event gives the same step": () => {
    let count = 0;
    return (fleet, event) => step(fleet, { ...event, random: (count++ % 10) / 10 });
  },

  "no value is ever changed": () => (fleet, event) => {
    if (event.type === "up") for (const name of event.services) Object.assign(fleet.members[name]!, { wanted: true });
    return step(fleet, event);
  },

  "a step leaves no move to be made": () => (fleet, event) =>
    event.type === "ready" ? { fleet: note(fleet, event), effects: [] } : step(fleet, event),

  "exit code 0 is the truth": () => (fleet, event) => {
    const next = step(fleet, event);
    return next.fleet.ended ? { ...next, fleet: { ...next.fleet, outcome: { kind: "done" } } } : next;
  },
};

/** Rules that never bring one kind of effect to the machine. */
function without(type: Effect["type"]): Rulebook {
  return (fleet, event) => {
    const next = step(fleet, event);
    return { ...next, effects: next.effects.filter((effect) => effect.type !== type) };
  };
}

function changed(what: Fleet, next: (member: Member) => Member): Fleet;
function changed(what: Step, next: (member: Member) => Member): Step;
function changed(what: Fleet | Step, next: (member: Member) => Member): Fleet | Step {
  if ("fleet" in what) return { ...what, fleet: changed(what.fleet, next) };
  const members = Object.entries(what.members).map(([name, member]) => [name, next(member)]);
  return { ...what, members: Object.fromEntries(members) };
}

function withoutNeeds(member: Member): Member {
  return { ...member, service: { ...member.service, needs: [] } };
}

function withNeedsOf(fleet: Fleet): (member: Member) => Member {
  return (member) => ({ ...member, service: fleet.members[member.service.name]!.service });
}
