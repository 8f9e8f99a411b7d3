// The floor: what a shell does with `&` and `wait`, and with nothing in between.

import { type Peer, shellLine } from "../peer.ts";

const noFile = "a script has no such thing";

export const sh: Peer = {
  name: "sh",
  command: "sh",
  install: "it is there",
  version: ["-c", ":"],
  cannot: {
    check: "knows nothing of services",
    gate: "has no probes",
    chain: "has no probes",
    respawn: "has no restart",
    mistakes: noFile,
    stranger: "has no probes",
    exit: "`wait` gives 0",
  },
  note: "no supervisor at all: `command &` for each, then `wait`; lines go straight to a file",
  plan: ({ services, scenario }) => ({
    files: {
      "all.sh": [
        ...services.map((service) => `${shellLine(service)}${scenario === "lines" ? " > lines.log" : ""} &`),
        "wait",
        "",
      ].join("\n"),
    },
    args: ["all.sh"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "group" },
    output: { file: "lines.log" },
  }),
};
