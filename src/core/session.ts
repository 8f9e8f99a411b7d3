// The one seam between the engine and every face: what is, what happened, what is asked.

import type { Entry, Request } from "./event.ts";
import type { Choice, Millis } from "./service.ts";
import type { Fleet, Outcome } from "./state.ts";

/** A running fleet as a face sees it, in this process or over a socket. */
export interface Session {
  /** The fleet as it is now. */
  snapshot(): Fleet;
  /** The journal from entry number `from` on (1 is the first), then every new one; ends after the last. */
  entries(from?: number): AsyncIterable<Entry>;
  /** Asks for something; what comes of it is seen in the entries. */
  request(request: Request): void;
}

/** A session with all that a person at a face needs. Whatever is asked rejects with words when it cannot be done. */
export interface LiveSession extends Session {
  /** The engine's monotonic clock, the one that event times and `since` are in. */
  now(): Millis;
  /** Called for every new entry, after `snapshot()` has become what it says. */
  subscribe(reader: (entry: Entry) => void): Disposable;
  /** The entries from before the first `subscribe`, oldest first, as far as they are kept. */
  readonly past: readonly Entry[];
  /** Starts services by name or glob, what they need too unless told otherwise; none: what the run began with. Answers the names. */
  start(services: readonly string[], withNeeds?: boolean): Promise<readonly string[]>;
  /** Answers a conflict; `remember` keeps the choice for the next run. */
  resolve(
    service: string,
    answer: { readonly choice: Choice; readonly remember: boolean; readonly restartUsers: boolean },
  ): void;
  /** Sends a signal to the service's processes. */
  signal(service: string, signal: string): Promise<void>;
  details(service: string): Promise<Details>;
  /** What the manifest says now and did not say when the run began. */
  differences(): Promise<Differences>;
  /** Lets the run go on without this process. */
  detach(): Promise<void>;
  /** Resolves when the run has ended, with its outcome, or when the engine is gone, without one. */
  readonly closed: Promise<Outcome | undefined>;
}

/** Where a manifest differs from what a run was given, in the manifest's words. */
export interface Differences {
  /** Keys of the whole manifest. */
  readonly settings: readonly string[];
  /** Keys of services that were there before. */
  readonly changed: readonly { readonly service: string; readonly keys: readonly string[] }[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What is wrong with the manifest as it is now; nothing else is known then. */
  readonly fault?: string;
}

/** The names in a service's environment, by who has set them. */
export interface Environment {
  /** The manifest, or an env file. */
  readonly manifest: readonly string[];
  /** launch itself: ports, addresses, who the run is. */
  readonly launch: readonly string[];
  /** As launch has them. */
  readonly inherited: readonly string[];
}

/** What only the engine knows of the latest run of a service: what it was started with. */
export interface Details {
  /** As it would be typed; empty for what is only watched. */
  readonly command: string;
  readonly workingDir: string;
  /** Names alone, sorted: values may be secrets. */
  readonly environment: Environment;
  /** What its latest run printed last, oldest first. */
  readonly lastLines: readonly string[];
  /** The paths of the files that were written for it. */
  readonly files: readonly string[];
  /** The names of launch's own that the service sets itself. */
  readonly clashes: readonly string[];
}
