// pitchfork: `start` leaves a supervisor behind and returns when all is ready.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Peer, type Scenario, type Service, shellLine } from "../peer.ts";

const log = ".local/state/pitchfork/logs/logs.db";

export const pitchfork: Peer = {
  name: "pitchfork",
  command: "pitchfork",
  install: "cargo install pitchfork-cli",
  version: ["--version"],
  cannot: { check: "has no command that only checks" },
  note: "probes every 10 ms instead of 500; looks after the dead every second instead of every ten where they are restarted",
  plan: ({ services, scenario }) => ({
    files: {
      "pitchfork.toml": ['namespace = "bench"\n', ...services.map((service) => table(service, scenario))].join("\n"),
    },
    args: ["start", "--local"],
    env: { PITCHFORK_READY_CHECK_INTERVAL: "10ms", ...(scenario === "respawn" ? { PITCHFORK_INTERVAL: "1s" } : {}) },
    way: "returns",
    stop: { args: ["supervisor", "stop"] },
    output: { count },
    supervisor: /pitchfork supervisor run/,
  }),
};

function table(service: Service, scenario: Scenario): string {
  const { name, port, probe, needs, restart, graceMs, mistake } = service;
  const lines = [
    `[daemons.${name}${mistake === "syntax error" ? "" : "]"}`,
    ...(mistake === "no command" ? [] : [`run = ${JSON.stringify(shellLine(service))}`]),
    ...(mistake === "unknown key" ? ['comand_typo = "x"'] : []),
    ...(port === undefined ? [] : [`port = ${port}`]),
    // By default, what lives for three seconds is ready; only so does it find out who fails at once.
    ...(scenario === "mistakes" || scenario === "exit" || probe !== undefined ? [] : ["ready_delay = 0"]),
    ...(probe === undefined ? [] : [`ready_http = "http://127.0.0.1:${port}${probe.path}"`]),
    `depends = ${JSON.stringify(needs)}`,
    `retry = ${restart === "always"}`,
    `stop_signal = { signal = "SIGTERM", timeout = "${graceMs}ms" }`,
  ];
  return `${lines.join("\n")}\n`;
}

function count(directory: string): number {
  const path = join(directory, log);
  if (!existsSync(path)) return 0;
  using database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare("SELECT count(*) AS lines FROM log_entries").get();
  return Number(row?.["lines"]);
}
