// What an engine and its faces say to each other: one JSON object a line, over `.launch/control.sock` or over the descriptor
// that the engine was born with. Whoever may open the socket may say everything: the file's mode is the guard.

import type { Entry, Event, Request } from "../core/event.ts";
import type { Millis } from "../core/service.ts";
import type { Fleet, Member, Outcome } from "../core/state.ts";

/** The version of these messages; an engine and a face that differ in it do not talk. */
export const protocolVersion = 1;

/** What a run is, for whoever attaches to it. */
export interface About {
  readonly version: string;
  readonly pid: number;
  readonly project: string;
  readonly root: string;
  readonly instance: string;
  /** The directory of the services' logs. */
  readonly logs: string;
  /** Where each service's log ended when this run opened it, in bytes. */
  readonly logStarts: Readonly<Record<string, number>>;
  /** Wall clock at the start of the run, milliseconds since the epoch. */
  readonly startedAt: number;
}

/** An entry without what its reader has already: the services themselves, and the members as they were. */
export interface WireEntry extends Omit<Entry, "changes"> {
  readonly changes: readonly WireMember[];
  readonly fleet: Omit<Fleet, "members" | "rules">;
}

/** A member without its service, named. */
export interface WireMember extends Omit<Member, "service"> {
  readonly name: string;
}

/** What an engine says. */
export type FromEngine =
  /** First of all. `at` is the engine's monotonic clock now; `next` the number of the entry after the snapshot. */
  | {
      readonly type: "hello";
      readonly protocol: number;
      readonly about: About;
      readonly at: Millis;
      readonly fleet: Fleet;
      readonly next: number;
      /** What happened before, newest last; the journal view shows it. */
      readonly past: readonly PastEntry[];
    }
  | { readonly type: "entry"; readonly entry: WireEntry }
  | { readonly type: "answer"; readonly id: number; readonly data: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly message: string }
  /** Output of the pseudo-terminal this connection is attached to, base64. */
  | { readonly type: "tty"; readonly data: string }
  /** Last of all; the connection ends. */
  | { readonly type: "bye"; readonly outcome?: Outcome };

/** An old entry as a reader of history needs it. */
export interface PastEntry {
  readonly number: number;
  readonly time: number;
  readonly event: Event;
  readonly changes: readonly { readonly before: WireMember; readonly after: WireMember }[];
}

/** What a face says. */
export type FromFace =
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "ask"; readonly id: number; readonly question: Question }
  /** Keys for the pseudo-terminal this connection is attached to, base64. */
  | { readonly type: "tty"; readonly data: string }
  | { readonly type: "resize"; readonly columns: number; readonly rows: number };

/** What is answered, and not merely seen in the entries. */
export type Question =
  /** Start these, by name or glob, and what they need; none: what the run was started with. Answer: the names. */
  | { readonly kind: "start"; readonly services: readonly string[]; readonly withNeeds: boolean }
  /** Answer: `Details`. */
  | { readonly kind: "details"; readonly service: string }
  /** Send a signal to the service's group. */
  | { readonly kind: "signal"; readonly service: string; readonly signal: NodeJS.Signals }
  /** Keep this service's port for the next run, too. */
  | { readonly kind: "remember"; readonly service: string }
  /** A person at this face answers conflicts: the engine does not decide by policy while one is there. */
  | { readonly kind: "watching" }
  /** The run goes on when this face is gone. */
  | { readonly kind: "detach" }
  /** From now on this connection carries the service's pseudo-terminal. */
  | { readonly kind: "attach"; readonly service: string; readonly columns: number; readonly rows: number };

/** What only the engine knows of a service's present run. */
export interface Details {
  readonly command: string;
  readonly workingDir: string;
  /** Names alone: values may be secrets. */
  readonly environment: readonly string[];
  readonly files: readonly string[];
  /** The names of launch's own that the service sets itself. */
  readonly clashes: readonly string[];
}
