// What is true of one service and of the whole fleet. Plain data: the loop owns one value of it, every reader sees copies.
//
//            claim          needs met         spawned           proved
//   idle ───────────▶ idle ───────────▶ starting ─────▶ started ─────▶ ready
//    ▲  ╲ conflict                          │              │             │
//    │   ▶ blocked ── answered ──▶ idle     └──────────────┴─────────────┤ ends by itself
//    │                                                                   ▼
//    └──────────── stopping ◀── no longer wanted, restart      exited · failed · backoff ──▶ starting

import { codeOfSignal, type EndingSignal } from "./ending-signals.ts";
import type { Conflict } from "./conflict.ts";
import type { Crashes } from "./crash.ts";
import type { Exit, Failure } from "./failure.ts";
import type { Millis, Port, Service } from "./service.ts";

/** What a service is right now. `run` numbers its runs from 1; facts about a former run are ignored. */
export type State =
  /** Not running; when it is wanted, `explain` says what it waits for. */
  | { readonly status: "idle" }
  /** A port it wants is held by someone else, and nobody has said yet what to do. */
  | { readonly status: "blocked"; readonly conflicts: readonly Conflict[]; readonly answer?: Answer }
  /** Being prepared and spawned. */
  | { readonly status: "starting"; readonly run: number; readonly since: Millis }
  /** Its process lives (an external one is being probed) but has not proved ready. */
  | { readonly status: "started"; readonly run: number; readonly since: Millis; readonly pid?: number }
  /** It serves. `verified` is false when nobody could tell whose socket answered. */
  | {
      readonly status: "ready";
      readonly run: number;
      readonly since: Millis;
      readonly pid?: number;
      readonly verified: boolean;
    }
  /** Asked to end; killed once `deadline` has passed, and then only waited for. */
  | {
      readonly status: "stopping";
      readonly run: number;
      readonly since: Millis;
      readonly deadline: Millis;
      readonly killed: boolean;
      readonly after: After;
    }
  /** Ended, and started again at `until`. */
  | { readonly status: "backoff"; readonly until: Millis; readonly failure: Failure }
  /** Ended by itself with success; a task is then completed. */
  | { readonly status: "exited"; readonly exit: Exit }
  /** Gave up. */
  | { readonly status: "failed"; readonly failure: Failure };

/** An answer that is being carried out. */
export interface Answer {
  readonly choice: "next" | "kill" | "adopt" | "wait";
  /** Restart the running services that were told the old port. */
  readonly restartUsers: boolean;
}

/** What a stopping service becomes once nothing of it lives. */
export type After =
  /** Idle; started again if it is still wanted. */
  | { readonly kind: "rest" }
  /** What its own end makes of it: success, restart by policy, failure. */
  | { readonly kind: "judge"; readonly end: Ending }
  /** Blocked: its port is a stranger's. */
  | { readonly kind: "block"; readonly conflicts: readonly Conflict[] };

/** How a run came to its end. */
export type Ending = { readonly exit: Exit } | { readonly failure: Failure };

/** What the health probe last said. */
export type HealthState =
  | { readonly status: "unknown" }
  | { readonly status: "healthy" }
  | { readonly status: "unhealthy"; readonly reason: string };

/** One service with everything the rules know of it. */
export interface Member {
  readonly service: Service;
  /** Someone asked for it, or something that was asked for needs it. */
  readonly wanted: boolean;
  /** True: nobody asked for it itself, only for what needs it. */
  readonly needed?: true;
  /** To be stopped and started again, dependents first. */
  readonly bounce: boolean;
  /** Its ports: not asked for, being claimed, or leased to us. */
  readonly claim: "none" | "asked" | "held";
  /** Endpoint name to the port it has. */
  readonly ports: Readonly<Record<string, Port>>;
  readonly state: State;
  /** The number of the latest run; 0 before the first. */
  readonly run: number;
  /** Times of the automatic restarts that still count towards a crash loop. */
  readonly recentRestarts: readonly Millis[];
  /** All automatic restarts since the fleet began. */
  readonly restarts: number;
  readonly health: HealthState;
  /** What the last failed probe said, kept until one succeeds. */
  readonly probeReason?: string;
  /** What its run says that it is doing. */
  readonly said?: string;
  /** That it listens elsewhere than it was told to, although it is ready. */
  readonly elsewhere?: string;
  /** Its run has asked for time until then. */
  readonly extendedTo?: Millis;
  /** True: its run has the only copy of its listening socket, so connections are refused while it restarts. */
  readonly socketLost?: true;
  /** How the latest finished run ended. */
  readonly lastEnd?: Ending;
  /** What that run said last, or of its errors last. */
  readonly lastWords?: string;
  /** Set from its first crash until it has been ready for a while. */
  readonly crashes?: Crashes;
  /** Past its ready timeout while a person watches: a warning, not a failure. */
  readonly slow: boolean;
  /** A port it was told has moved since it started. */
  readonly staleEnv: boolean;
  /** True: someone else's process serves in its place; watched, never signalled. */
  readonly adopted: boolean;
}

/** What the rules may do, said once at the start. */
export interface Rules {
  /** What a failed service means for the others. */
  readonly onFailure: "stop" | "continue";
  /** False: what ends is not started again (`launch run`). */
  readonly restarts: boolean;
  /** True: a person watches, so a service that is slow to become ready is a warning. */
  readonly patient: boolean;
  /** True: the run ends by itself once nothing that was asked for is left to run. */
  readonly endWhenSettled: boolean;
  /** True: it ends by itself once all that was asked for were tasks, and they have completed. */
  readonly endWhenCompleted?: true;
  /** Monotonic time by which everything must be up; not given: no limit. */
  readonly upBy?: Millis;
  /** Port users: who must hear of it when a service's port moves. */
  readonly portUsers: Readonly<Record<string, readonly string[]>>;
}

/** All services, and what the run as a whole has come to. */
export interface Fleet {
  /** By name, in the manifest's order. */
  readonly members: Readonly<Record<string, Member>>;
  readonly rules: Rules;
  /** True once nothing wanted was on its way up any more: each was up, had ended, gave up or could not start. */
  readonly arrived: boolean;
  /** True once everything wanted, but for what was skipped, has been up at the same time. */
  readonly wasUp: boolean;
  /** Set when the run is ending, and why. */
  readonly outcome?: Outcome;
  /** True once someone has asked to skip the grace of whatever is stopped. */
  readonly hurried: boolean;
  /** True once nothing lives any more and the end has been announced. */
  readonly ended: boolean;
}

/** Why the run ends. */
export type Outcome =
  /** All that was asked for is done. */
  | { readonly kind: "done" }
  /** A service failed, or ended although its end means failure. */
  | { readonly kind: "failed"; readonly service: string; readonly failure: Failure }
  /** A port conflict was left unresolved. */
  | { readonly kind: "conflict"; readonly conflict: Conflict }
  /** Not everything was up in time. */
  | { readonly kind: "timeout"; readonly waiting: readonly string[] }
  /** Asked to end; `up` says whether everything had been up. */
  | { readonly kind: "interrupted"; readonly by: QuitReason; readonly up: boolean };

/** Who asked for the end. */
export type QuitReason = EndingSignal | "request";

/** True while something of the service may live. */
export function isActive(state: State): boolean {
  switch (state.status) {
    case "starting":
    case "started":
    case "ready":
    case "stopping":
      return true;
    case "idle":
    case "blocked":
    case "backoff":
    case "exited":
    case "failed":
      return false;
  }
}

/** True when the service needs no waiting for any more: it serves, or its task is completed. */
export function isUp(member: Member): boolean {
  const { status } = member.state;
  return status === "ready" || status === "exited";
}

/** True when it is to be stopped, for good or to be started again. */
export function isGoingDown(member: Member): boolean {
  return !member.wanted || member.bounce;
}

/** True when its process is not ours to start, signal or stop. */
export function isWatchedOnly(member: Member): boolean {
  return member.adopted || member.service.type === "external";
}

/** True when it gave up against everyone's will: being skipped is no failure. */
export function hasFailed(member: Member): boolean {
  return member.state.status === "failed" && member.state.failure.kind !== "skipped";
}

/** True when nothing more will happen to the service by itself. */
export function isSettled(state: State): boolean {
  return state.status === "exited" || state.status === "failed";
}

/** The fleet before anything was asked of it. */
export function newFleet(services: readonly Service[], rules: Rules): Fleet {
  const members = Object.fromEntries(services.map((service) => [service.name, newMember(service)]));
  return { members, rules, arrived: false, wasUp: false, hurried: false, ended: false };
}

function newMember(service: Service): Member {
  return {
    service,
    wanted: false,
    bounce: false,
    // What runs elsewhere holds its ports itself: there is nothing to lease.
    claim: service.endpoints.length === 0 || service.type === "external" ? "held" : "none",
    ports: service.type === "external" ? preferredPorts(service) : {},
    state: { status: "idle" },
    run: 0,
    recentRestarts: [],
    restarts: 0,
    health: { status: "unknown" },
    slow: false,
    staleEnv: false,
    adopted: false,
  };
}

function preferredPorts({ endpoints }: Service): Member["ports"] {
  return Object.fromEntries(
    endpoints.flatMap(({ name, preferred }) => (preferred === undefined ? [] : [[name, preferred]])),
  );
}

/** The exit code that an outcome means (the contract's table). */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case "done":
      return 0;
    case "failed":
      return 1;
    case "conflict":
      return 3;
    case "timeout":
      return 5;
    case "interrupted":
      if (outcome.up || outcome.by === "request") return 0;
      return codeOfSignal(outcome.by);
  }
}
