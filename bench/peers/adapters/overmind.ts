// overmind, which runs every service in a window of tmux.

import { type Peer, procfile } from "../peer.ts";
import { cannotInProcfile } from "../procfile-family.ts";

export const overmind: Peer = {
  name: "overmind",
  command: "overmind",
  install: "apt-get install tmux && go install github.com/DarthSim/overmind/v2@latest",
  version: ["--version"],
  cannot: { ...cannotInProcfile, check: "has no command that only checks" },
  plan: ({ services, directory }) => {
    const restarted = services.filter(({ restart }) => restart === "always").map(({ name }) => name);
    const graceSeconds = Math.max(1, ...services.map(({ graceMs }) => Math.ceil(graceMs / 1000)));
    return {
      files: { Procfile: procfile(services) },
      args: [
        "start",
        "--no-port",
        "--timeout",
        String(graceSeconds),
        ...(restarted.length > 0 ? ["--auto-restart", restarted.join(",")] : []),
      ],
      // It and tmux leave files there.
      env: { TMPDIR: directory, TMUX_TMPDIR: directory },
      way: "stays",
      stop: { signal: "SIGTERM", to: "process" },
      output: "stdout",
    };
  },
};
