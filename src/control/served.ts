// What the control server needs of a run. The server knows no supervisor; whoever opens the run introduces them.

import type { Entry } from "../core/event.ts";
import type { Millis, NodeSignal } from "../core/service.ts";
import type { Details, Differences, Session } from "../core/session.ts";
import type { About, TerminalSize } from "./protocol.ts";

/** The run that is served, and what may be done with it. */
export interface Served {
  readonly session: Pick<Session, "snapshot" | "request"> & {
    subscribe(reader: (entry: Entry) => void): Disposable;
    past(): readonly Entry[];
  };
  /** The monotonic clock of the session's events. */
  now(): Millis;
  about(): About;
  /** Starts services by name or glob; answers what was started, or why nothing was. */
  start(services: readonly string[], withNeeds: boolean): readonly string[] | { readonly refusal: string };
  /** Undefined for a service that has not been started yet. */
  details(service: string): Details | undefined;
  /** What the manifest says now and did not say when the run began. */
  differences(): Promise<Differences>;
  /** False when nothing of the service runs. */
  signal(service: string, signal: NodeSignal): boolean;
  /** Keeps the service's ports for the next run. */
  remember(service: string): void;
  /** Joins the service's pseudo-terminal; a string says why that cannot be done. */
  attach(service: string, size: TerminalSize): Attached | string;
  /** The lifeline's face may go from now on. */
  detach(): void;
  /** The lifeline's face went without having detached. */
  onLifelineLost(): void;
}

/** A service's pseudo-terminal, joined. Disposing leaves it. */
export interface Attached extends Disposable {
  write(data: Buffer): void;
  resize(columns: number, rows: number): void;
  /** Called for everything that the terminal shows from now on, and first of all for what stands there. */
  onData(reader: (data: Buffer) => void): void;
  /** Resolves when the service has closed it. */
  readonly closed: Promise<void>;
}
