// The question about a contested port, as every face asks it: what may be answered, what is preselected, and both in words.

import type { Conflict, HolderKnowledge } from "./conflict.ts";
import { describeMillis, nameHolder, programName } from "./failure.ts";
import { dependentsOf } from "./needs.ts";
import type { Choice, Service } from "./service.ts";
import type { Fleet } from "./state.ts";

/** What every one of these conflicts allows, in the order shown. */
export function choicesCommonTo(conflicts: readonly Conflict[]): readonly Choice[] {
  const [first, ...others] = conflicts;
  return (first?.choices ?? []).filter((choice) => others.every((conflict) => conflict.choices.includes(choice)));
}

/** The choices that may be preselected, best first: the manifest's wish, then the safest that helps; never `kill`. */
export function preferences(service: Service | undefined, conflicts: readonly Conflict[]): readonly Choice[] {
  const declared = service?.endpoints.find(({ name }) => name === conflicts[0]?.endpoint)?.onConflict;
  const isWish = declared !== undefined && declared !== "kill" && declared !== "ask" && declared !== "fail";
  return [...(isWish ? [declared] : []), "next", "wait", "skip", "quit"];
}

/** What else is known of a holder, a line each; `now` is milliseconds since the epoch. */
export function holderFacts(known: HolderKnowledge, now: number): readonly string[] {
  if (known.kind !== "process") return [];
  const { holder } = known;
  const age = holder.startedAt === undefined ? undefined : `for ${describeMillis(Math.max(0, now - holder.startedAt))}`;
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

/** Whom a person would end: `node (pid 4711)`. */
export function holderName(known: HolderKnowledge): string {
  if (known.kind !== "process") return nameHolder(known);
  const { pid, command, project } = known.holder;
  return `${project === undefined ? programName(command) : `${project.service} of ${project.name}`} (pid ${pid})`;
}

/** Who else an answer is about. */
export interface Others {
  /** The services that use the port. */
  readonly users: readonly string[];
  /** The services that need this one, directly or through others. */
  readonly needing: readonly string[];
}

/** The services that an answer for this one is also about. */
export function othersOf(fleet: Fleet, name: string): Others {
  return {
    users: (fleet.rules.portUsers[name] ?? []).filter((user) => user !== name),
    needing: needingOf(fleet, name),
  };
}

/** All that is wanted and cannot be without the service, in the manifest's order. */
function needingOf(fleet: Fleet, name: string): readonly string[] {
  const gone = new Set([name]);
  for (const next of gone) {
    for (const { service, wanted } of dependentsOf(fleet, next)) {
      if (wanted && service.needs.some((need) => need.service === next && need.required)) gone.add(service.name);
    }
  }
  return Object.keys(fleet.members).filter((other) => other !== name && gone.has(other));
}

/** What an answer does, in words without a full stop. */
export function meaningOf(choice: Choice, service: string, conflicts: readonly Conflict[], others: Others): string {
  const holders = conflicts.map(({ holder }) => holderName(holder)).join(" and ");
  switch (choice) {
    case "next": {
      const ports = conflicts.map(({ next }) => next ?? "another port").join(", ");
      return `take ${ports} instead${others.users.length === 0 ? "" : ` and tell ${others.users.join(", ")}`}`;
    }
    case "kill":
      return `stop ${holders}, then start ${service}`;
    case "adopt":
      return `use what runs there as ${service}; launch will watch it and never stop it`;
    case "wait":
      return "wait until the port is free";
    case "skip":
      return `go on without ${service}${others.needing.length === 0 ? "" : ` and what needs it (${others.needing.join(", ")})`}`;
    case "quit":
      return "stop everything";
  }
}
