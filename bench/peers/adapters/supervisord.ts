// supervisord in the foreground.

import { type Peer, type Service, shellLine } from "../peer.ts";

export const supervisord: Peer = {
  name: "supervisord",
  command: "supervisord",
  install: "pip install supervisor",
  version: ["--version"],
  cannot: {
    check: "has no command that only checks",
    gate: "probes nothing",
    chain: "probes nothing",
    stranger: "probes nothing",
    exit: "stays when all services have ended",
    cycle: "knows of no needs, only priorities",
  },
  note: "`startsecs=0`, and logs without rotation",
  plan: ({ services }) => ({
    files: {
      "bench.conf": [
        "[supervisord]\nnodaemon=true\nlogfile=own.log\npidfile=own.pid\n",
        ...services.map((service) => section(service)),
      ].join("\n"),
    },
    args: ["--nodaemon", "--configuration", "bench.conf"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "process" },
    output: { file: `${services[0]?.name}.log` },
  }),
};

function section(service: Service): string {
  const { name, restart, graceMs, mistake } = service;
  const lines = [
    `[program:${name}${mistake === "syntax error" ? "" : "]"}`,
    ...(mistake === "no command" ? [] : [`command=${shellLine(service)}`]),
    ...(mistake === "unknown key" ? ["comand_typo=x"] : []),
    `autorestart=${restart === "always"}`,
    "startsecs=0",
    `stopwaitsecs=${Math.ceil(graceMs / 1000)}`,
    `stdout_logfile=${name}.log`,
    "stdout_logfile_maxbytes=0",
    "redirect_stderr=true",
  ];
  return `${lines.join("\n")}\n`;
}
