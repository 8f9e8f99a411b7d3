// mprocs, which needs a terminal.

import { entryOf, jsonText, type Peer } from "../peer.ts";

export const mprocs: Peer = {
  name: "mprocs",
  command: "mprocs",
  install: "npm install --global mprocs",
  version: ["--version"],
  cannot: {
    check: "has no command that only checks",
    gate: "has no probes",
    chain: "has no probes",
    stranger: "has no probes",
    cycle: "knows of no needs",
  },
  note: "runs in a terminal of its own and is stopped with its key; has no grace after which it kills; lines go to its log and to the screen",
  plan: ({ services, scenario }) => {
    const procs = services.map((service) => {
      const entry = { cmd: service.argv, autorestart: service.restart === "always", stop: "SIGTERM" };
      return [service.name, entryOf(service, "cmd", entry)] as const;
    });
    const own = {
      ...(scenario === "lines" ? { proc_log: { dir: "<CONFIG_DIR>/logs" } } : {}),
      ...(scenario === "exit" ? { on_all_finished: { c: "quit" } } : {}),
    };
    return {
      files: { "mprocs.yaml": jsonText({ procs: Object.fromEntries(procs), ...own }, services) },
      args: [],
      way: "terminal",
      stop: { keys: "q" },
      output: { file: `logs/${services[0]?.name}.log` },
      // Installed by npm, a script starts it.
      supervisor: /^\S*\/mprocs$/,
    };
  },
};
