// honcho, foreman in Python.

import { type Peer, procfile } from "../peer.ts";
import { cannotInProcfile } from "../procfile-family.ts";

export const honcho: Peer = {
  name: "honcho",
  command: "honcho",
  install: "pip install honcho",
  version: ["--version"],
  cannot: { ...cannotInProcfile, respawn: "has no restart" },
  note: "its grace of 5 s cannot be set",
  plan: ({ services }) => ({
    files: { Procfile: procfile(services) },
    args: ["start"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "process" },
    output: "stdout",
    check: ["check"],
  }),
};
