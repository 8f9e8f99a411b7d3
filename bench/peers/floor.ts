// Floors: what the least costs that anybody could do. No peers, and compared with nothing but as a measure.

import { type Peer, type Scenario, scenarioNames } from "./peer.ts";

/** What a floor of one scenario cannot: everything else. */
export function allBut(scenario: Scenario): Peer["cannot"] {
  const others = scenarioNames
    .filter((other) => other !== scenario)
    .map((other) => [other, "it is a floor of one scenario"]);
  return Object.fromEntries(others) as Peer["cannot"];
}

/** Names of the peers that are floors. */
export const floors: readonly string[] = ["sh", "node -e 0", "| cat > file"];
