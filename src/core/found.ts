// The services of a run as the engine finds them that takes over from one that died.

import type { Exit, Failure } from "./failure.ts";
import type { Millis, Port } from "./service.ts";
import type { Ending } from "./state.ts";

/** One service as it is found by the engine that comes after. */
export interface Reclaimed {
  readonly wanted: boolean;
  /** Nobody had asked for it itself. */
  readonly needed?: true;
  /** It was about to be stopped and started again. */
  readonly bounce: boolean;
  /** The number of its latest run. */
  readonly run: number;
  readonly restarts: number;
  /** Times of the automatic restarts that still count towards a crash loop, on this engine's clock. */
  readonly recentRestarts: readonly Millis[];
  /** Leased to us again; empty where `found` is neither `live` nor `ended` nor `adopted`. */
  readonly ports: Readonly<Record<string, Port>>;
  readonly found: FoundAs;
}

/** What has become of its latest run. */
export type FoundAs =
  /** It goes on, and has to prove again that it is ready. */
  | { readonly kind: "live"; readonly pid: number }
  /** It ended meanwhile, and nothing of it is left; `proved`: it had been ready. */
  | { readonly kind: "ended"; readonly proved: boolean; readonly end: Ending }
  /** It had ended with success before. */
  | { readonly kind: "exited"; readonly exit: Exit }
  /** It had ended before, and starts again at `until`. */
  | { readonly kind: "backoff"; readonly until: Millis; readonly failure: Failure }
  /** It had given up before. */
  | { readonly kind: "failed"; readonly failure: Failure }
  /** Someone else's process serves in its place. */
  | { readonly kind: "adopted" }
  /** It did not run. */
  | { readonly kind: "down" };
