// concurrently, which has no file: everything is on its command line.

import { type Peer, shellLine } from "../peer.ts";

const noFile = "has no file";

export const concurrently: Peer = {
  name: "concurrently",
  command: "concurrently",
  install: "npm install --global concurrently",
  version: ["--version"],
  cannot: {
    check: noFile,
    gate: "starts everything at once and probes nothing",
    chain: "starts everything at once and probes nothing",
    stranger: "starts everything at once and probes nothing",
    "syntax error": noFile,
    cycle: "knows of no needs",
  },
  note: "the unknown key is an unknown option; has no grace after which it kills when it is stopped itself",
  plan: ({ services }) => ({
    files: {},
    args: [
      "--names",
      services.map(({ name }) => name).join(","),
      ...(services.some(({ restart }) => restart === "always")
        ? ["--restart-tries", "-1", "--restart-after", "0"]
        : []),
      ...(services.some(({ mistake }) => mistake === "unknown key") ? ["--comand_typo=x"] : []),
      ...services.map((service) => (service.mistake === "no command" ? "" : shellLine(service))),
    ],
    way: "stays",
    stop: { signal: "SIGTERM", to: "process" },
    output: "stdout",
  }),
};
