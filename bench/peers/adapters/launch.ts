// launch itself, as CI would run it.

import { entryOf, type Job, jsonText, type Peer, type Service } from "../peer.ts";

export const launch: Peer = {
  name: "launch",
  command: "launch",
  install: "npm install --save-dev launch-supervisor",
  version: ["--version"],
  cannot: {},
  plan: (job) => ({
    files: {
      "services.yaml": jsonText(
        {
          name: "bench",
          services: Object.fromEntries(job.services.map((service) => [service.name, entry(job, service)])),
        },
        job.services,
      ),
    },
    args: ["--non-interactive", "--quiet"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "process" },
    output: { file: `.launch/logs/${job.services[0]?.name}.log` },
    check: ["--check-only"],
  }),
};

function entry({ scenario }: Job, service: Service): Readonly<Record<string, unknown>> {
  const { argv, port, probe, needs, restart, graceMs } = service;
  return entryOf(service, "command", {
    command: argv,
    ...(port === undefined ? {} : { port }),
    ...(probe === undefined ? {} : { ready: { http: probe.path } }),
    depends_on: needs,
    restart: restart === "no" ? "no" : { policy: "always", delay: "0ms", max_restarts: 1000 },
    stop: { timeout: `${graceMs}ms` },
    // The whole log is read back afterwards, so none of it may be archived.
    ...(scenario === "lines" ? { logs: { max_size: "1GB" } } : {}),
  });
}
