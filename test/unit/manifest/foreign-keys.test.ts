// What a key of another tool is called here.

import { describe, expect, it } from "vitest";
import { label, unknownKey } from "../../../src/manifest/unknown-keys.ts";
import type { Path } from "../../../src/manifest/tree.ts";

const inService: Path = ["services", "a"];
const inStop: Path = ["services", "a", "stop"];
const inHealth: Path = ["services", "a", "health"];

/** A row for each of the keys that stand in one. */
function each(rows: readonly (readonly [string, Path, string])[]): readonly (readonly [string, Path, string])[] {
  return rows.flatMap(([keys, path, words]) => keys.split(" ").map((key) => [key, path, words] as const));
}

describe("another tool's key is answered with ours", () => {
  const answers: readonly (readonly [string, Path, string])[] = [
    ["environment", [], "`env:`"],
    ["processes", [], "`services:`"],
    ["procs", [], "`services:`"],
    ["apps", [], "`services:`"],
    ["networks", [], "network"],
    ["volumes", [], "files"],
    ["configs", [], "files"],
    ["version", [], "delete the line"],
    ["environment", inService, "`env:`"],
    ["cmd run script exec entrypoint args", inService, "`command:`"],
    ["shell", inService, "[bash, -c, …]"],
    ["interpreter", inService, "[python3, app.py]"],
    ["cwd dir directory workdir", inService, "`working_dir:`"],
    ["pre_start before setup init build", inService, "`type: task`"],
    ["post_start", inService, "`type: task` that depends on this one"],
    ["pre_stop", inService, "`stop: { command: … }`"],
    ["shutdown", inService, "`stop:`"],
    ["healthcheck", inService, "`ready:`"],
    ["readiness_probe", inService, "`ready:`"],
    ["ready_log_line", inService, "`ready: { log: … }`"],
    ["liveness_probe", inService, "`health:`"],
    ["needs after requires links", inService, "`depends_on:`"],
    ["availability", inService, "`restart:`"],
    ["autorestart", inService, "`restart:`"],
    ["max_restarts", inService, "`restart: { max_restarts: … }`"],
    ["instances", inService, "`replicas:`"],
    ["scale", inService, "`replicas:`"],
    ["expose", inService, "`port:`"],
    ["disabled", inService, "`enabled: false`"],
    ["is_tty", inService, "`tty:`"],
    ["is_daemon", inService, "in the foreground"],
    ["log_location", inService, ".launch/logs"],
    ["logging", inService, "`logs:`"],
    ["networks network_mode hostname", inService, "network"],
    ["grace grace_period stop_grace_period kill_timeout timeout_seconds shutdown_timeout wait", inStop, "`timeout:`"],
    ["kill_signal stop_signal", inStop, "`signal:`"],
    ["exec cmd", inStop, "`command:`"],
    ["parent_only", inStop, "`to: leader`"],
    ["volumes", inService, "files"],
    ["container_name", inService, "its key under `services:`"],
    ["image", inService, "not supported yet"],
    ["stop_signal", inService, "`stop: { signal: … }`"],
    ["stop_grace_period", inService, "`stop: { timeout: … }`"],
    ["retries attempts", ["services", "a", "ready"], "`failures:`"],
    ["exit_on_failure", inService, "`on_exit: shutdown-on-failure`"],
    ["exit_on_end", inService, "`on_exit: shutdown`"],
    ["path", ["services", "a", "ready"], "`http:`"],
    ["start_period", ["services", "a", "ready"], "`timeout:`"],
    ["retries", inHealth, "`failures:`"],
    ["command", inHealth, "`exec:`"],
    ["notify", inHealth, "`watchdog:`"],
    ["cmd", ["defaults"], "`command:`"],
  ];
  it.each(each(answers))("%s in %j: %s", (key, path, words) => {
    expect(unknownKey(key, path).remedy).toContain(words);
  });
});

const later: readonly (readonly [string, Path, string])[] = [
  ["control", [], "control"],
  ["watch stderr docker systemd remote package", inService, ""],
  ["announce", ["services", "a", "ready"], "ready.announce"],
  ["announce", inHealth, "health.announce"],
];
it.each(each(later))("%s in %j comes later", (key, path, called) => {
  expect(unknownKey(key, path)).toEqual({
    message: `"${called || key}" is not supported yet`,
    remedy: "Remove it for now.",
  });
});

it.each<[Path, string]>([
  [[], "a manifest"],
  [["services", "a"], "a service"],
  [["defaults"], "`defaults`"],
  [["port_pool"], "`port_pool`"],
  [["env_file", 0], "an env file"],
  [["services", "a", "port"], "a port"],
  [["services", "a", "ports", "ws"], "a port"],
  [["services", "a", "ready"], "`ready`"],
  [inHealth, "`health`"],
  [["services", "a", "restart"], "`restart`"],
  [["services", "a", "stop"], "`stop`"],
  [["services", "a", "depends_on", "b"], "a need"],
  [["services", "a", "env_file", 0], "an env file"],
  [["services", "a", "files", "x"], "a file"],
])("what nobody knows is no key of what it stands in: %j, %s", (path, called) => {
  const { message, remedy } = unknownKey("qqqqqqqq", path);
  expect(message).toBe(`"qqqqqqqq" is no key of ${called}`);
  expect(remedy).toMatch(/^Its keys: \w+(, \w+)*\.$/);
});

it("what is nearly a key is meant as one, also as another tool's", () => {
  expect(unknownKey("prot", inService).remedy).toBe('Did you mean "port"?');
  expect(unknownKey("enviroment", inService).remedy).toContain("`env:`");
  expect(unknownKey("constructor", inService).remedy).toContain("Its keys:");
});

it.each<[Path, string]>([
  [[], "the manifest"],
  [["name"], "name"],
  [["services"], "services"],
  [["services", "a"], "a"],
  [["services", "a", "ready", "timeout"], "ready.timeout"],
  [["services", "a", "command", 2], "command[2]"],
  [["env_file", 1, "path"], "env_file[1].path"],
])("%j is called %s", (path, words) => {
  expect(label(path)).toBe(words);
});
