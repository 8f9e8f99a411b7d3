// foreman for Node, whose command is `nf`.

import { type Peer, procfile } from "../peer.ts";
import { cannotInProcfile } from "../procfile-family.ts";

export const foreman: Peer = {
  name: "foreman",
  command: "nf",
  install: "npm install --global foreman",
  version: ["--version"],
  cannot: { ...cannotInProcfile, check: "has no command that only checks", respawn: "has no restart" },
  note: "stopped like with Ctrl+C, by SIGINT to its whole group: with SIGTERM it dies at once and leaves everything running; has no grace after which it kills",
  plan: ({ services }) => ({
    files: { Procfile: procfile(services) },
    args: ["start"],
    way: "stays",
    stop: { signal: "SIGINT", to: "group" },
    output: "stdout",
  }),
};
