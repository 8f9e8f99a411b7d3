// goreman, without the server that its other commands talk to.

import { type Peer, procfile } from "../peer.ts";
import { cannotInProcfile } from "../procfile-family.ts";

export const goreman: Peer = {
  name: "goreman",
  command: "goreman",
  install: "go install github.com/mattn/goreman@latest",
  version: ["version"],
  cannot: { ...cannotInProcfile, respawn: "restarts only when it is told to" },
  note: "its grace of 10 s cannot be set",
  plan: ({ services }) => ({
    files: { Procfile: procfile(services) },
    args: ["-rpc-server=false", "-set-ports=false", "-logtime=false", "start"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "process" },
    output: "stdout",
    check: ["check"],
  }),
};
