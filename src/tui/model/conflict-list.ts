// The port conflicts that wait for an answer, as one list: what may be answered to each, and to all of them together.

import type { Conflict, HolderKnowledge } from "../../core/conflict.ts";
import { describeHolder, nameHolder } from "../../core/failure.ts";
import type { Choice } from "../../core/service.ts";
import type { Fleet, Member } from "../../core/state.ts";
import { uptime } from "./figures.ts";

/** One service that is blocked, with all its conflicts. */
export interface Question {
  readonly service: string;
  readonly conflicts: readonly Conflict[];
  /** What every one of its conflicts allows, in the order shown. */
  readonly choices: readonly Choice[];
}

/** One answer that can be picked. */
export interface Option {
  readonly choice: Choice;
  /** The services it is given for. */
  readonly services: readonly string[];
  readonly text: string;
}

/** The services that wait for an answer, in the manifest's order. */
export function openQuestions(fleet: Fleet): readonly Question[] {
  if (fleet.outcome !== undefined) return [];
  return Object.values(fleet.members).flatMap(({ service, state }: Member) =>
    state.status === "blocked" && state.answer === undefined
      ? [{ service: service.name, conflicts: state.conflicts, choices: choicesCommonTo(state.conflicts) }]
      : [],
  );
}

/** What can be answered to the chosen question; with several open, first of all to move every one that can move. */
export function optionsFor(fleet: Fleet, questions: readonly Question[], chosen: Question): readonly Option[] {
  const movable = questions.filter(({ choices }) => choices.includes("next"));
  const all: readonly Option[] =
    movable.length > 1 && movable.length === questions.length
      ? [
          {
            choice: "next",
            services: movable.map(({ service }) => service),
            text: `move all ${movable.length} to free ports`,
          },
        ]
      : [];
  return [
    ...all,
    ...chosen.choices.map((choice) => ({ choice, services: [chosen.service], text: meaning(fleet, choice, chosen) })),
  ];
}

/** The option that is preselected: the manifest's wish, else the safest that helps; never `kill`. */
export function preselected(fleet: Fleet, options: readonly Option[], question: Question): number {
  const endpoints = fleet.members[question.service]?.service.endpoints ?? [];
  const declared = endpoints.find(({ name }) => name === question.conflicts[0]?.endpoint)?.onConflict;
  const wishes = [declared === "kill" ? undefined : declared, "next", "wait", "skip", "quit"];
  for (const wish of wishes) {
    const index = options.findIndex(({ choice, services }) => choice === wish && services.length === 1);
    if (index >= 0) return options[0]?.services.length === 1 || wish !== "next" ? index : 0;
  }
  return Math.max(
    0,
    options.findIndex(({ choice }) => choice !== "kill"),
  );
}

/** Who holds the port: in a few words, and then whatever else is known, a line each. `now` is milliseconds since the epoch. */
export function holderLines(conflict: Conflict, now: number): readonly string[] {
  const first = `${conflict.service} wants port ${conflict.port}, which is ${describeHolder(conflict.holder)}`;
  const { exhausted } = conflict;
  const range = exhausted === undefined ? [] : [`no port from ${exhausted.from} to ${exhausted.to} is free`];
  return [first, ...range, ...factLines(conflict.holder, now)];
}

function factLines(known: HolderKnowledge, now: number): readonly string[] {
  if (known.kind !== "process") return [];
  const { holder } = known;
  const age = holder.startedAt === undefined ? undefined : `for ${uptime(now - holder.startedAt)}`;
  const who = [
    holder.user === undefined ? undefined : `user ${holder.user}`,
    age,
    holder.cwd === undefined ? undefined : `in ${holder.cwd}`,
  ];
  const where = [
    holder.container === undefined ? undefined : `container ${holder.container}`,
    holder.unit === undefined ? undefined : `systemd unit ${holder.unit}`,
    holder.leftover === true ? "left over from an earlier run of this project" : undefined,
    holder.project?.running === true ? "its project runs, and would start it again" : undefined,
  ];
  return [who, where]
    .map((parts) => parts.filter((part) => part !== undefined).join(", "))
    .filter((line) => line !== "");
}

function meaning(fleet: Fleet, choice: Choice, { service, conflicts }: Question): string {
  const holders = conflicts.map(({ holder }) => nameHolder(holder)).join(" and ");
  switch (choice) {
    case "next": {
      const ports = conflicts.map(({ next }) => next ?? "another port").join(", ");
      const users = (fleet.rules.portUsers[service] ?? []).filter((name) => name !== service);
      return `take ${ports} instead${users.length === 0 ? "" : ` and tell ${users.join(", ")}`}`;
    }
    case "kill":
      return `stop ${holders}, then start ${service}`;
    case "adopt":
      return `use what runs there as ${service}; launch will watch it and never stop it`;
    case "wait":
      return "wait until the port is free";
    case "skip": {
      const others = needing(fleet, service);
      return `go on without ${service}${others.length === 0 ? "" : ` and what needs it (${others.join(", ")})`}`;
    }
    case "quit":
      return "stop everything";
  }
}

function needing(fleet: Fleet, name: string): readonly string[] {
  return Object.values(fleet.members).flatMap(({ service, wanted }) =>
    wanted && service.needs.some((need) => need.service === name && need.required) ? [service.name] : [],
  );
}

function choicesCommonTo(conflicts: readonly Conflict[]): readonly Choice[] {
  const [first, ...others] = conflicts;
  return (first?.choices ?? []).filter((choice) => others.every((conflict) => conflict.choices.includes(choice)));
}
