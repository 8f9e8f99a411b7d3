// The port conflicts that wait for an answer, as one list: what may be answered to each, and to all of them together.

import type { Conflict } from "../../core/conflict.ts";
import { describeHolder } from "../../core/failure.ts";
import { choicesCommonTo, holderFacts, meaningOf, othersOf, preferences } from "../../core/question.ts";
import type { Choice } from "../../core/service.ts";
import type { Fleet, Member } from "../../core/state.ts";

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
  /** A digit and a letter, the same for each answer wherever it is offered. */
  readonly keys: readonly [string, string];
  /** The services it is given for. */
  readonly services: readonly string[];
  readonly text: string;
}

/** `k` moves, and `q` is what one types to get out of something. */
const keysOf: Readonly<Record<Choice, readonly [string, string]>> = {
  next: ["1", "n"],
  kill: ["2", "x"],
  adopt: ["3", "a"],
  wait: ["4", "w"],
  skip: ["5", "s"],
  quit: ["6", "Q"],
};

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
            keys: ["0", "N"],
            services: movable.map(({ service }) => service),
            text: `move ${movable.length === 2 ? "both" : `all ${movable.length}`} to free ports`,
          },
        ]
      : [];
  const others = othersOf(fleet, chosen.service);
  return [
    ...all,
    ...chosen.choices.map((choice) => ({
      choice,
      keys: keysOf[choice],
      services: [chosen.service],
      text: meaningOf(choice, chosen.service, chosen.conflicts, others),
    })),
  ];
}

/** The option that is preselected: the manifest's wish, else the safest that helps; never `kill`. */
export function preselected(fleet: Fleet, options: readonly Option[], question: Question): number {
  const wishes = preferences(fleet.members[question.service]?.service, question.conflicts);
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
  return [first, ...range, ...holderFacts(conflict.holder, now)];
}
