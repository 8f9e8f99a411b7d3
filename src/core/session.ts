// The one seam between the engine and every face: what is, what happened, what is asked.

import type { Entry, Request } from "./event.ts";
import type { Fleet } from "./state.ts";

/** A running fleet as a face sees it, in this process or over a socket. */
export interface Session {
  /** The fleet as it is now. */
  snapshot(): Fleet;
  /** The journal from entry number `from` on (1 is the first), then every new one; ends after the last. */
  entries(from?: number): AsyncIterable<Entry>;
  /** Asks for something; what comes of it is seen in the entries. */
  request(request: Request): void;
}

/** What only the engine knows of the latest run of a service: what it was started with. */
export interface Details {
  /** As it would be typed; empty for what is only watched. */
  readonly command: string;
  readonly workingDir: string;
  /** Names alone, sorted: values may be secrets. */
  readonly environment: readonly string[];
  /** The paths of the files that were written for it. */
  readonly files: readonly string[];
  /** The names of launch's own that the service sets itself. */
  readonly clashes: readonly string[];
}
