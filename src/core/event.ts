// What can be asked of the fleet, what can become known of it, and what it can ask of the machine.

import type { Conflict } from "./conflict.ts";
import type { Exit, Failure } from "./failure.ts";
import type { Leftover, Notice } from "./notice.ts";
import type { Reclaimed } from "./found.ts";
import type { Choice, Millis, Port } from "./service.ts";
import type { Fleet, Member, Outcome, QuitReason } from "./state.ts";

/** Something asked for: it changes what is wanted. */
export type Request =
  /** Want these services; what they need is wanted by whoever asks, and named in `needed` where nobody asked for it itself. */
  | { readonly type: "up"; readonly services: readonly string[]; readonly needed?: readonly string[] }
  /** No longer want these services. */
  | { readonly type: "down"; readonly services: readonly string[] }
  /** Stop and start these again, with the dependents whose edges ask for it; `dependents`: with all that run. */
  | { readonly type: "restart"; readonly services: readonly string[]; readonly dependents?: boolean | undefined }
  /** End these now, for good, with this much time from their stop signal to SIGKILL. */
  | { readonly type: "kill"; readonly services: readonly string[]; readonly grace: Millis }
  /** The answer to a conflict. `fail` gives up on the service; `because` is said with the decision. */
  | {
      readonly type: "resolve";
      readonly service: string;
      readonly choice: Choice | "fail";
      readonly because: string;
      /** Restart the running services that were told the old port. */
      readonly restartUsers: boolean;
    }
  /** End everything. `force` skips the grace of whatever is still stopping. */
  | { readonly type: "quit"; readonly by: QuitReason; readonly force: boolean };

/** Something that became known: it changes what is. */
export type Fact =
  /** The ports are leased to us. */
  | {
      readonly type: "claimed";
      readonly service: string;
      readonly ports: Readonly<Record<string, Port>>;
      readonly moves: readonly Move[];
    }
  /**
   * Someone else holds a wanted port. Without a run it answers a `claim` or `settle`; with its run it was found
   * by a `start`, which then spawned nothing, or while that run was becoming ready.
   */
  | {
      readonly type: "conflict";
      readonly service: string;
      readonly run?: number;
      readonly conflicts: readonly Conflict[];
    }
  /** Someone else's process serves in this service's place. */
  | { readonly type: "adopted"; readonly service: string; readonly ports: Readonly<Record<string, Port>> }
  /** Spawned; an external service has no pid. */
  | { readonly type: "started"; readonly service: string; readonly run: number; readonly pid?: number }
  /** It proved ready. */
  | { readonly type: "ready"; readonly service: string; readonly run: number; readonly verified: boolean }
  /** A readiness probe failed, with words that differ from the last ones. */
  | { readonly type: "unready"; readonly service: string; readonly run: number; readonly reason: string }
  /** Readiness was given up (its `failures` threshold). */
  | { readonly type: "never-ready"; readonly service: string; readonly run: number; readonly reason: string }
  /** Health has crossed a threshold. */
  | { readonly type: "healthy"; readonly service: string; readonly run: number }
  | { readonly type: "unhealthy"; readonly service: string; readonly run: number; readonly reason: string }
  /** It says what it is doing, for people. */
  | { readonly type: "said"; readonly service: string; readonly run: number; readonly text: string }
  /** It says that it needs this much longer from now on, to become ready or to stop. */
  | { readonly type: "extended"; readonly service: string; readonly run: number; readonly by: Millis }
  /** A ready service has given no sign of life for as long as its watchdog allows, or says that it is broken. */
  | { readonly type: "silent"; readonly service: string; readonly run: number }
  /** A ready external service, or an adopted one, no longer answers. */
  | { readonly type: "lost"; readonly service: string; readonly run: number; readonly reason: string }
  /**
   * Its process ended or could not be started, `words` being its last; `left`: others of its group still live; `background`: what
   * it has started and left to go on, in its group or not.
   */
  | {
      readonly type: "exited";
      readonly service: string;
      readonly run: number;
      readonly end: { readonly exit: Exit } | { readonly failure: Failure };
      readonly words?: string;
      /** Where its part of the log ends, in bytes. */
      readonly logEnd?: number;
      readonly left: boolean;
      readonly background?: readonly Leftover[];
    }
  /** Nothing of the run's group lives any more. */
  | { readonly type: "swept"; readonly service: string; readonly run: number }
  /** Taken over from an engine that died, before anything else was asked of this one. */
  | { readonly type: "reclaimed"; readonly services: Readonly<Record<string, Reclaimed>> }
  /** Worth saying; it changes nothing that runs. */
  | { readonly type: "noticed"; readonly notice: Notice }
  /** A deadline may have passed. */
  | { readonly type: "woke" };

/** A port that differs from the preferred one, and why. */
export interface Move {
  readonly endpoint: string;
  readonly from: Port;
  readonly to: Port;
  readonly reason: string;
}

/** A request or a fact, with the time and the luck it happened at. */
export type Event = (Request | Fact) & {
  /** Monotonic milliseconds. */
  readonly at: Millis;
  /** From 0 up to 1: spreads the backoff. */
  readonly random: number;
};

/** What the rules ask of the machine. Each is answered by facts, or by none. */
export type Effect =
  /** Lease the ports of all these services at once. */
  | { readonly type: "claim"; readonly services: readonly string[] }
  /** Check the ports once more, write the files, spawn; external and adopted services are only watched. */
  | { readonly type: "start"; readonly service: string; readonly run: number }
  /** Find out when it is ready. */
  | { readonly type: "watch"; readonly service: string; readonly run: number }
  /** Keep checking its health. */
  | { readonly type: "monitor"; readonly service: string; readonly run: number }
  /** Ask it to end: its stop signal or command, to its group or leader; `abort`: SIGABRT to its main process instead. */
  | { readonly type: "stop"; readonly service: string; readonly run: number; readonly abort: boolean }
  /** End its whole group now. */
  | { readonly type: "kill"; readonly service: string; readonly run: number }
  /** Ask the person, or the policy, what to do about a conflict. */
  | { readonly type: "ask"; readonly service: string; readonly conflicts: readonly Conflict[] }
  /** Carry out the answer: move, evict, adopt or wait; then claim again. */
  | {
      readonly type: "settle";
      readonly service: string;
      readonly choice: "next" | "kill" | "adopt" | "wait";
      readonly conflicts: readonly Conflict[];
    }
  /** Stop waiting for a port. */
  | { readonly type: "unwait"; readonly service: string }
  /** Nothing lives any more. */
  | { readonly type: "end"; readonly outcome: Outcome };

/** What one event did: the fleet after it, and what is to be done. */
export interface Step {
  readonly fleet: Fleet;
  readonly effects: readonly Effect[];
}

/** One line of the journal: the event, and every member as it is after it, if it changed. */
export interface Entry {
  /** From 1, without gaps. */
  readonly number: number;
  /** Wall clock, milliseconds since the epoch, for display alone. */
  readonly time: number;
  readonly event: Event;
  readonly changes: readonly Change[];
  /** Set in the entry that began the ending, and in the last one. */
  readonly outcome?: Outcome;
  readonly ended: boolean;
}

/** One member before and after an event. */
export interface Change {
  readonly before: Member;
  readonly after: Member;
}
