// What a law is: it watches one run and says what broke it.

import type { Millis } from "../../src/core/service.ts";
import type { Fleet } from "../../src/core/state.ts";
import type { Observation, Rulebook } from "./host.ts";
import type { Scenario } from "./scenario.ts";

/** Says what is wrong with one step, or with the whole run once it is over; undefined: nothing. */
export interface Watcher {
  readonly onStep?: (observation: Observation) => string | undefined;
  readonly onEnd?: (end: { readonly fleet: Fleet; readonly at: Millis }) => string | undefined;
}

/** One law: begins to watch a run of the scenario under these rules. */
export type Law = (scenario: Scenario, rulebook: Rulebook) => Watcher;
