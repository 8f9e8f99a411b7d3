// What a person should know although it changes nothing of what is or is wanted, as data and in words.

import { describe, describeMillis, type Failure } from "./failure.ts";
import type { Remark } from "./remark.ts";
import type { Millis, NodeSignal } from "./service.ts";

/** A process that was found where none should be. */
export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** Something worth saying. */
export type Notice =
  /**
   * Processes that had left the service's group were found after its end; `alive`: even SIGKILL did not end these; `spared`:
   * these are left to live, because others use them too.
   */
  | {
      readonly kind: "left-behind";
      readonly service: string;
      readonly ended: readonly Leftover[];
      readonly alive: readonly Leftover[];
      readonly spared: readonly Leftover[];
    }
  /** What the command of `launch run` had started and left; `alive` and `spared` as above. */
  | {
      readonly kind: "left-by-command";
      readonly ended: readonly Leftover[];
      readonly alive: readonly Leftover[];
      readonly spared: readonly Leftover[];
    }
  /** The service's stop command did not do what it is for; `signal`: this follows, since the service lives. */
  | {
      readonly kind: "stop-command";
      readonly service: string;
      readonly problem:
        | { readonly kind: "failed"; readonly failure: Failure }
        /** It has ended well, and the service lives all the same. */
        | { readonly kind: "alive" }
        /** It goes on after so long. */
        | { readonly kind: "late"; readonly after: Millis };
      readonly signal?: NodeSignal;
    }
  /** Before this run began, the processes of one that had been killed were ended. */
  | { readonly kind: "former-run"; readonly ended: readonly Leftover[]; readonly alive: readonly Leftover[] }
  /** The guard died and was started again. */
  | { readonly kind: "guard-lost" }
  /** The engine died, and another took over what still ran. */
  | { readonly kind: "reclaimed"; readonly services: readonly string[]; readonly ended: readonly string[] }
  /** What is kept in the state directory could not be read or written; the words say what, and what follows. */
  | { readonly kind: "state"; readonly message: string }
  /** The log's bytes before `from` are in `archive` now, and no longer in the log itself. */
  | { readonly kind: "rotated"; readonly service: string; readonly from: number; readonly archive: string }
  /** Something about a service's log that a reader should know. */
  | { readonly kind: "log"; readonly service: string; readonly message: string }
  /** Something about a file that was written for a service. */
  | { readonly kind: "file"; readonly service: string; readonly message: string }
  /** It is ready by its own word, yet not where it was told to listen. */
  | { readonly kind: "elsewhere"; readonly service: string; readonly run: number; readonly message: string }
  /** We were stopped, or the machine slept, for this long: what seems late is not. */
  | { readonly kind: "stalled"; readonly for: Millis };

/** A stall that a person hears of, in milliseconds. */
const worthSaying = 2000;

/** Whom a notice is about: a service, or launch itself. */
export function aboutOf(notice: Notice): string {
  return "service" in notice ? notice.service : "launch";
}

/** The notice in words; undefined for what only programs need to know. */
export function noticeRemark(notice: Notice): Remark | undefined {
  switch (notice.kind) {
    case "left-behind": {
      const { ended, alive, spared } = notice;
      const text = [
        ...(alive.length === 0 ? [] : [`had left its group and could not be ended: ${listed(alive)}`]),
        ...(ended.length === 0 ? [] : [`had left its group and was ended: ${listed(ended)}`]),
        ...(spared.length === 0 ? [] : [`started what others use too, which goes on: ${listed(spared)}`]),
      ].join("; ");
      return { tone: alive.length > 0 ? "bad" : ended.length > 0 ? "warn" : "plain", text };
    }
    case "left-by-command": {
      const { ended, alive, spared } = notice;
      const text = [
        ...(alive.length === 0 ? [] : [`left by the command and could not be ended: ${listed(alive)}`]),
        ...(ended.length === 0 ? [] : [`left by the command and was ended: ${listed(ended)}`]),
        ...(spared.length === 0 ? [] : [`left by the command, used by others too, goes on: ${listed(spared)}`]),
      ].join("; ");
      return { tone: alive.length > 0 ? "bad" : ended.length > 0 ? "warn" : "plain", text };
    }
    case "stop-command":
      return { tone: "warn", text: stopCommandWords(notice) };
    case "former-run": {
      const { ended, alive } = notice;
      const where = "left by a run that was killed";
      if (alive.length > 0) return { tone: "bad", text: `${where} and could not be ended: ${listed(alive)}` };
      return { tone: "warn", text: `${where} and was ended: ${listed(ended)}` };
    }
    case "guard-lost":
      return {
        tone: "warn",
        text: "the guard that ends everything if launch is killed had died; it was started again",
      };
    case "reclaimed": {
      const { services, ended } = notice;
      const gone = ended.length === 0 ? "" : `; ended meanwhile: ${ended.join(", ")}`;
      return {
        tone: "warn",
        text: `the engine had died and was started again; took back ${nameList(services)}${gone}`,
      };
    }
    case "state":
    case "log":
    case "elsewhere":
    case "file":
      return { tone: "warn", text: notice.message };
    case "rotated":
      return undefined;
    case "stalled":
      // Shorter ones happen on any busy machine.
      if (notice.for < worthSaying) return undefined;
      return { tone: "warn", text: `stood still for ${describeMillis(notice.for)}; nothing is judged by that` };
  }
}

function stopCommandWords({ problem, signal }: Extract<Notice, { kind: "stop-command" }>): string {
  const follows = signal === undefined ? "" : `; ${signal} follows`;
  if (problem.kind === "late" && signal === undefined) {
    return `the stop command had not ended after ${describeMillis(problem.after)} and was killed`;
  }
  switch (problem.kind) {
    case "failed":
      return `the stop command failed: ${describe(problem.failure)}${follows}`;
    case "alive":
      return `the stop command has ended, the service has not${follows}`;
    case "late":
      return `the stop command has not ended after ${describeMillis(problem.after)}${follows}`;
  }
}

function listed(processes: readonly Leftover[]): string {
  const shown = processes.slice(0, 5).map(({ pid, command }) => `pid ${pid} (${clip(command)})`);
  const more = processes.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function clip(command: string): string {
  return command.length > 40 ? `${command.slice(0, 39)}…` : command;
}

function nameList(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}
