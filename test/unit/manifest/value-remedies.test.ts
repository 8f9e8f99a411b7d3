// Other tools' words for our values.

import { expect, it } from "vitest";
import { nameRemedy, valueRemedy } from "../../../src/manifest/value-remedies.ts";

it.each([
  [
    ["services", "a", "depends_on", "b"],
    ["started", "ready", "completed"],
    {
      service_started: "started",
      service_healthy: "ready",
      service_completed_successfully: "completed",
      process_started: "started",
      process_healthy: "ready",
      process_log_ready: "ready",
      process_completed: "completed",
      process_completed_successfully: "completed",
      healthy: "ready",
      running: "started",
    },
  ],
  [
    ["services", "a", "restart"],
    ["always", "on-failure", "no"],
    { "unless-stopped": "always", on_failure: "on-failure", never: "no" },
  ],
  [
    ["services", "a", "on_exit"],
    ["shutdown", "shutdown-on-failure", "fail", "ignore"],
    {
      exit_on_failure: "shutdown-on-failure",
      "exit-on-failure": "shutdown-on-failure",
      "stop-on-failure": "shutdown-on-failure",
      exit_on_end: "shutdown",
      ...Object.fromEntries(["exit", "quit", "stop"].map((word) => [word, "shutdown"])),
      continue: "ignore",
    },
  ],
  [
    ["services", "a", "type"],
    ["service", "task"],
    Object.fromEntries([
      ...["oneshot", "once", "job", "batch", "command", "script"].map((word) => [word, "task"]),
      ...["daemon", "simple", "process", "server", "web", "worker"].map((word) => [word, "service"]),
    ]),
  ],
  [["services", "a", "port"], ["auto", "dynamic"], { random: "dynamic" }],
])("of %j", (path, words, meant: Readonly<Record<string, string>>) => {
  for (const [foreign, ours] of Object.entries(meant)) {
    expect(valueRemedy(foreign, path, words)).toBe(`Here that is called "${ours}".`);
    expect(valueRemedy(foreign, path, ["else"])).toBeUndefined();
  }
});

it.each([
  [true, ["services", "a", "restart"], [], 'Say "always" or "on-failure".'],
  [false, ["services", "a", "restart"], [], 'Say "no".'],
  ["exit_on_failure", ["services", "a", "restart"], ["no"], "Write restart: no and on_exit: shutdown-on-failure."],
  ["restart", ["services", "a", "on_exit"], [], "Say restart: always."],
  [false, ["services", "a", "tty"], [], undefined],
  [10, ["services", "a", "ready", "timeout"], ["0"], "Give it a unit: 10s or 10ms."],
  [10, ["services", "a", "ready", "success"], [], undefined],
  [10, ["services", "a", "type"], ["service", "task"], undefined],
  ["servce", ["services", "a", "type"], ["service", "task"], 'Did you mean "service"?'],
  [null, ["services", "a", "type"], ["service"], undefined],
  ["./logs", ["services", "a", "logs"], [], "Where logs go is fixed (.launch/logs); how much is kept is a map."],
  [5, ["services", "a", "logs"], [], undefined],
  ["My Shop", ["name"], [], 'Call it "my-shop".'],
  ["db", ["defaults", "depends_on"], [], "Write a list: depends_on: [db]."],
])("%j at %j: %s", (value, path, words, remedy) => {
  expect(valueRemedy(value, path, words)).toBe(remedy);
});

it.each([
  ["Api", 'Call it "api".'],
  ["webServer", 'Call it "web-server".'],
  ["${NAME}", "Variables are rendered in values, not in names."],
  ["api", undefined],
  ["!!", undefined],
])("the name %s", (name, remedy) => {
  expect(nameRemedy(name)).toBe(remedy);
});

it.each([
  ["127.0.0.1:80", "Say host: 127.0.0.1 and port: 80."],
  ["localhost:3000", "Say host: localhost and port: 3000."],
  ["[::1]:80", 'Say host: "::1" and port: 80.'],
  ["[::1]", 'Say host: "::1".'],
  ["two words", undefined],
  ["-x", undefined],
])("of a host written as in a URL: %s", (host, remedy) => {
  expect(valueRemedy(host, ["services", "a", "host"], [])).toBe(remedy);
});
