// process-compose without its interface: what a script would run.

import { entryOf, jsonText, type Peer, type Service, shellLine } from "../peer.ts";

export const processCompose: Peer = {
  name: "process-compose",
  command: "process-compose",
  install: "go install github.com/f1bonacc1/process-compose@latest",
  version: ["version"],
  cannot: {},
  note: "it probes at most once a second, and restarts after one second at the least; unknown keys are refused only with `is_strict`",
  plan: ({ services }) => {
    const up = ["up", "--config", "bench.yaml", "--disable-dotenv"];
    const processes = Object.fromEntries(
      services.map((service) => [service.name, entryOf(service, "command", entry(service, services))]),
    );
    return {
      files: {
        "bench.yaml": jsonText({ version: "0.5", processes }, services),
        // It warns where this is not.
        ".config/process-compose/settings.yaml": "{}",
      },
      args: [...up, "--tui=false", "--no-server", "--log-file", "own.log"],
      way: "stays",
      stop: { signal: "SIGTERM", to: "process" },
      output: "stdout",
      check: [...up, "--dry-run", "--log-file", "own.log"],
    };
  },
};

function entry(service: Service, services: readonly Service[]): Readonly<Record<string, unknown>> {
  const { port, probe, needs, restart, graceMs } = service;
  const probed = new Set(services.filter((other) => other.probe !== undefined).map(({ name }) => name));
  const condition = (need: string) => ({ condition: probed.has(need) ? "process_healthy" : "process_started" });
  const http = { host: "127.0.0.1", scheme: "http", path: probe?.path, port };
  const often = { initial_delay_seconds: 0, period_seconds: 1, timeout_seconds: 1, failure_threshold: 60 };
  return {
    command: shellLine(service),
    ...(probe === undefined ? {} : { readiness_probe: { http_get: http, ...often } }),
    depends_on: Object.fromEntries(needs.map((need) => [need, condition(need)])),
    availability: { restart, backoff_seconds: 1, max_restarts: 0 },
    shutdown: { signal: 15, timeout_seconds: Math.ceil(graceMs / 1000) },
  };
}
