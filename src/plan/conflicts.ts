// What may be answered to a port conflict, and what is answered when nobody is there to ask.

import type { Conflict, HolderKnowledge } from "../core/conflict.ts";
import type { Choice, Endpoint, Port } from "../core/service.ts";
import { programName } from "../core/failure.ts";
import { mayMove } from "./ports.ts";

/** Who we are, as far as it decides whom we may end. */
export interface Ourselves {
  readonly uid?: number;
  /** Our own pid and those of all our ancestors. */
  readonly pids: ReadonlySet<number>;
}

/** What the command line says about conflicts. */
export interface ConflictPolicy {
  readonly onConflict?: Exclude<Choice, "quit"> | "fail";
  readonly strictPorts: boolean;
}

/** The answer that is given without a person, and why, in words that can stand after the choice. */
export interface Decision {
  readonly choice: Choice | "fail";
  readonly reason: string;
}

/** The choices for one conflict in the order shown; `next` is the port that moving would take, if any. */
export function choicesFor(
  endpoint: Endpoint,
  holder: HolderKnowledge,
  next: Port | undefined,
  policy: { readonly strict: boolean; readonly self: Ourselves },
): readonly Choice[] {
  const choices: Choice[] = [];
  if (next !== undefined && mayMove(endpoint, policy.strict)) choices.push("next");
  if (mayEnd(holder, policy.self) && !isKeptAlive(holder)) choices.push("kill");
  if (isListening(holder)) choices.push("adopt");
  // Waiting for a privilege, or for ourselves, would be waiting for ever.
  if (holder.kind !== "privileged" && holder.kind !== "sibling") choices.push("wait");
  return [...choices, "skip", "quit"];
}

/** Ending a service of a project that runs ends nothing: its own launch, or this one, starts it again. */
function isKeptAlive(known: HolderKnowledge): boolean {
  if (known.kind !== "process" || known.holder.leftover === true) return false;
  return known.holder.project?.running === true || isOwnRun(known);
}

function isOwnRun(known: HolderKnowledge): boolean {
  return known.kind === "process" && known.holder.project?.own === true;
}

/** True for a process of this same user that is neither the system's first, nor us, nor one we descend from. */
export function mayEnd(known: HolderKnowledge, self: Ourselves): boolean {
  if (known.kind !== "process") return false;
  const { pid, uid, command } = known.holder;
  if (!Number.isSafeInteger(pid) || pid <= 1 || self.pids.has(pid)) return false;
  if (uid === undefined || uid !== self.uid) return false;
  // Ending the proxy leaves its container running without its port: the container is what has to be stopped.
  return programName(command) !== "docker-proxy";
}

/** The answer to a conflict when there is nobody to ask: the command line first, then the manifest, then what is safe. */
export function decide(conflict: Conflict, endpoint: Endpoint, policy: ConflictPolicy): Decision {
  const can = (choice: Choice): boolean =>
    conflict.choices.includes(choice) && (choice !== "next" || mayMove(endpoint, policy.strictPorts));

  if (conflict.holder.kind === "process" && conflict.holder.holder.leftover === true && can("kill")) {
    return { choice: "kill", reason: "left by an earlier run of this project that is dead" };
  }

  const ordered = policy.onConflict;
  if (ordered === "fail") return { choice: "fail", reason: "--on-conflict fail" };
  if (ordered !== undefined) {
    if (can(ordered)) return { choice: ordered, reason: `--on-conflict ${ordered}` };
    return {
      choice: "fail",
      reason: `--on-conflict ${ordered} is not possible here: ${whyNot(ordered, conflict, endpoint, policy)}`,
    };
  }

  // A manifest's `kill` and `ask` need a person: a file that came with a checkout ends no stranger's process.
  const declared = endpoint.onConflict;
  if (declared === "fail") return { choice: "fail", reason: "on_conflict: fail" };
  if (declared !== "ask" && declared !== "kill" && can(declared)) {
    return { choice: declared, reason: `on_conflict: ${declared}` };
  }

  if (!can("next")) return { choice: "fail", reason: whyNot("next", conflict, endpoint, policy) };
  if (isOfLaunch(conflict.holder)) return { choice: "next", reason: whoseWords(conflict.holder) };
  if (hasRoom(endpoint)) return { choice: "next", reason: "the manifest gives room to move" };
  return { choice: "fail", reason: "the manifest gives no room to move, and nobody was there to ask" };
}

function isListening(known: HolderKnowledge): boolean {
  switch (known.kind) {
    case "process":
    case "other-user":
      return true;
    case "unknown":
      return known.listening === true;
    case "lease":
    case "privileged":
    case "sibling":
      return false;
  }
}

function isOfLaunch(known: HolderKnowledge): boolean {
  return known.kind === "lease" || (known.kind === "process" && known.holder.project !== undefined);
}

function whoseWords(known: HolderKnowledge): string {
  if (known.kind === "process" && known.holder.project?.own === true) {
    return `${known.holder.project.service} of this same run has it`;
  }
  const isOtherInstance = known.kind === "process" && known.holder.project?.instance !== undefined;
  return isOtherInstance ? "another instance of this project has it" : "another launch project has it";
}

function hasRoom(endpoint: Endpoint): boolean {
  return endpoint.source !== "preferred" || endpoint.range !== undefined;
}

function whyNot(choice: Choice, conflict: Conflict, endpoint: Endpoint, policy: ConflictPolicy): string {
  if (choice === "kill" && isOwnRun(conflict.holder)) return "this run would start it again";
  if (choice === "kill" && isKeptAlive(conflict.holder)) return "a running launch project would start it again";
  if (choice === "kill") return "only a process of this user that launch does not descend from can be ended";
  if (choice === "adopt") return "nothing listens there";
  if (choice === "wait") return "the port will not become free by itself";
  if (choice !== "next") return `${choice} is not among the choices`;
  if (endpoint.fixed) return "the port is fixed";
  if (policy.strictPorts) return "--strict-ports keeps every port where it is";
  const range = conflict.exhausted ?? endpoint.range;
  return range === undefined ? "no other port is free" : `no port from ${range.from} to ${range.to} is free`;
}
