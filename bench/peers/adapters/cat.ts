// The floor of whatever reads what services print: one more process that copies it.

import { allBut } from "../floor.ts";
import { type Peer, shellLine } from "../peer.ts";

export const cat: Peer = {
  name: "| cat > file",
  command: "sh",
  install: "it is there",
  version: ["-c", ":"],
  cannot: allBut("lines"),
  note: "the service's output through a pipe and `cat` into a file",
  plan: ({ services }) => ({
    files: { "all.sh": `${services.map((service) => `${shellLine(service)} | cat > lines.log &`).join("\n")}\nwait\n` },
    args: ["all.sh"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "group" },
    output: { file: "lines.log" },
  }),
};
