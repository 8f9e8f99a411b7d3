// What an engine and its faces say to each other: one JSON object a line, over `.launch/control.sock` or over the descriptor
// that the engine was born with. Whoever may open the socket may say everything: the file's mode is the guard.

import type { Entry, Request } from "../core/event.ts";
import type { Millis, NodeSignal } from "../core/service.ts";
import type { Fleet, Member, Outcome } from "../core/state.ts";

export type { Details, Differences } from "../core/session.ts";

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
  /** Every file that the manifest was read from, or would be; absent where it came by a descriptor. */
  readonly manifest?: readonly string[];
  /** Engines of this run that died, and the wall clock when the last was replaced; absent for none. */
  readonly replaced?: { readonly times: number; readonly at: number };
  /** What is worth knowing about the manifest, a line each. */
  readonly warnings: readonly string[];
}

/** A member without its service, named. */
export interface WireMember extends Omit<Member, "service"> {
  readonly name: string;
}

/** An entry of before; its reader knows from the one before it what each member was. */
export interface PastEntry extends Omit<Entry, "changes"> {
  /** The members as they became. */
  readonly changes: readonly WireMember[];
}

/** A new entry, with what the fleet as a whole became. */
export interface WireEntry extends PastEntry {
  readonly fleet: Omit<Fleet, "members" | "rules">;
}

/** First of all that an engine says. */
export interface Hello {
  readonly type: "hello";
  readonly protocol: number;
  readonly about: About;
  /** The engine's monotonic clock now. */
  readonly at: Millis;
  readonly fleet: Fleet;
  /** What happened before, newest last, as far as it is kept. */
  readonly past: readonly PastEntry[];
  /** The members that changed in `past` as they were before it. */
  readonly base: readonly WireMember[];
}

/** What an engine says. */
export type FromEngine =
  | Hello
  | { readonly type: "entry"; readonly entry: WireEntry }
  | { readonly type: "answer"; readonly id: number; readonly data: unknown }
  /** What could not be done, in words; without a number what was said was no question. */
  | { readonly type: "refusal"; readonly id?: number; readonly message: string }
  /** Output of the pseudo-terminal this connection is attached to, base64. */
  | { readonly type: "tty"; readonly data: string }
  /** Last of all; the connection ends. An outcome says that the run has ended. */
  | { readonly type: "bye"; readonly outcome?: Outcome };

/** What a face says. */
export type FromFace =
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "ask"; readonly id: number; readonly question: Question }
  /** Keys for the pseudo-terminal this connection is attached to, base64. */
  | { readonly type: "tty"; readonly data: string }
  | ({ readonly type: "resize" } & TerminalSize);

/** In cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What is answered, and not merely seen in the entries. */
export type Question =
  /** Start these, by name or glob, and what they need; none: what the run was started with. Answer: the names. */
  | { readonly kind: "start"; readonly services: readonly string[]; readonly withNeeds: boolean }
  /** Answer: `Details`. */
  | { readonly kind: "details"; readonly service: string }
  /** Read the manifest again. Answer: `Differences`. */
  | { readonly kind: "differences" }
  /** Send a signal to the service's group. */
  | { readonly kind: "signal"; readonly service: string; readonly signal: NodeSignal }
  /** Keep this service's port for the next run, too. */
  | { readonly kind: "remember"; readonly service: string }
  /** A person at this face answers conflicts: the engine does not decide by policy while one is there. */
  | { readonly kind: "watching" }
  /** The run goes on when this face is gone. */
  | { readonly kind: "detach" }
  /** From now on this connection carries the service's pseudo-terminal, and no entries any more. */
  | ({ readonly kind: "attach"; readonly service: string } & TerminalSize);
