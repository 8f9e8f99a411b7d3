// What all who read a Procfile lack: it has a name and a command a line, and nothing else.

import type { Peer } from "./peer.ts";

/** To be spread into `cannot`. */
export const cannotInProcfile = {
  gate: "a Procfile says nothing of needs or probes",
  chain: "a Procfile says nothing of needs or probes",
  stranger: "a Procfile says nothing of needs or probes",
  "unknown key": "a Procfile has no keys",
  cycle: "a Procfile says nothing of needs",
} as const satisfies Peer["cannot"];
