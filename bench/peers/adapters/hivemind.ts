// hivemind, which gives every service a terminal.

import { type Peer, procfile } from "../peer.ts";
import { cannotInProcfile } from "../procfile-family.ts";

export const hivemind: Peer = {
  name: "hivemind",
  command: "hivemind",
  install: "go install github.com/DarthSim/hivemind@latest",
  version: ["--version"],
  cannot: { ...cannotInProcfile, check: "has no command that only checks", respawn: "has no restart" },
  plan: ({ services }) => {
    const graceSeconds = Math.max(1, ...services.map(({ graceMs }) => Math.ceil(graceMs / 1000)));
    return {
      files: { Procfile: procfile(services) },
      args: ["--timeout", String(graceSeconds), "Procfile"],
      way: "stays",
      stop: { signal: "SIGTERM", to: "process" },
      output: "stdout",
    };
  },
};
