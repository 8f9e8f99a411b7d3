// The floor of everything that runs on Node.

import { allBut } from "../floor.ts";
import type { Peer } from "../peer.ts";

export const node: Peer = {
  name: "node -e 0",
  command: "node",
  install: "it comes with the packages",
  version: ["-e", "0"],
  cannot: allBut("cold"),
  note: "Node that does nothing",
  plan: () => ({
    files: {},
    args: ["-e", "0"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "process" },
    output: "stdout",
  }),
};
