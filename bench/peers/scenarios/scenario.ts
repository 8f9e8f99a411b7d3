// What a scenario is to whoever runs it.

import type { Contender } from "../contender.ts";
import type { Observation, Section } from "../results.ts";
import type { Ground } from "../prepared.ts";

/** A section of the report, and how one measurement for it is made. */
export interface Measured extends Section {
  /** How many measurements of each peer are enough. */
  readonly enough: number;
  /** `alone`: nothing else runs meanwhile. `together`: some peers at a time, since what matters is not how long it takes. */
  readonly how: "alone" | "together";
  /** One measurement; throws when it cannot be made. Findings are said by `find`. */
  measure(ground: Ground, contender: Contender, find: (words: string) => void): Promise<readonly Observation[]>;
}

/** Names of so many services. */
export function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `s${String(index).padStart(2, "0")}`);
}

/** True when the peer can make services wait for what is probed. */
export function hasNeeds({ peer }: Contender): boolean {
  return peer.cannot.gate === undefined;
}
