// What holds where a manifest says nothing, in the manifest's own words: read by the schema's texts and by `resolve`.

/** Defaults as they would be written in `services.yaml`. */
export const defaults = {
  portPool: { range: "8008-8020", fallback: "os" },
  scheme: "http",
  stdin: "open",
  tty: false,
  socket: false,
  onExit: "ignore",
  successExitCodes: [0],
  enabled: true,
  restart: { service: "on-failure", task: "no", delay: "100ms", maxDelay: "10s", maxRestarts: 10, window: "2m" },
  stop: { signal: "SIGTERM", timeout: "10s", to: "group", spare: [], cgroup: false },
  ready: { timeout: "60s", attempt: "30s", success: 1, owner: "tree" },
  health: { interval: "10s", timeout: "1s", failures: 3, success: 1, restart: false },
  logs: { maxSize: "50MB", keep: 3 },
  onConflict: "ask",
} as const;
