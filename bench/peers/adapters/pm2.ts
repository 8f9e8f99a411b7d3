// pm2: `start` leaves a daemon behind.

import { entryOf, jsonText, type Peer } from "../peer.ts";

export const pm2: Peer = {
  name: "pm2",
  command: "pm2",
  install: "npm install --global pm2",
  version: ["--version"],
  cannot: {
    check: "has no command that only checks",
    gate: "probes nothing",
    chain: "probes nothing",
    stranger: "probes nothing",
    exit: "its daemon stays when all services have ended, and nothing ends with a code of theirs",
    cycle: "knows of no needs",
  },
  note: "without its looks at repositories and into the program (`vizion` and `pmx` off); even `--version` starts its daemon",
  plan: ({ services }) => {
    const apps = services.map((service) => {
      const [script, ...args] = service.argv;
      const entry = {
        name: service.name,
        script,
        args,
        interpreter: "none",
        autorestart: service.restart === "always",
        restart_delay: 0,
        max_restarts: 1_000_000,
        kill_timeout: service.graceMs,
        out_file: `${service.name}.log`,
        vizion: false,
        pmx: false,
      };
      return entryOf(service, "script", entry);
    });
    return {
      files: { "bench.json": jsonText({ apps }, services) },
      args: ["start", "bench.json"],
      way: "returns",
      stop: { args: ["kill"] },
      output: { file: `${services[0]?.name}.log` },
      supervisor: /^PM2 .*God Daemon/,
    };
  },
};
