import { describe, expect, it } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import { differencesOf, isSame } from "../../../src/plan/differences.ts";
import { service, type ServiceWords } from "../core/fleet.ts";

const portPool = { from: 8008, to: 8020, fallback: "os" } as const;
const between = (before: readonly Service[], now: readonly Service[]) =>
  differencesOf({ portPool, services: before }, { portPool, services: now });

const probe = { kind: "http", target: "/", status: [], headers: {} } as const;
const env = { own: {}, manifest: {}, ownFiles: [], manifestFiles: [] };
const file = { path: "/project/.env", required: false };

describe("what a manifest says now beside what it said", () => {
  it.each<[key: string, now: ServiceWords]>([
    ["type", { type: "task" }],
    ["description", { description: "an API" }],
    ["version", { version: "2" }],
    ["label", { label: "production" }],
    ["command", { command: { shell: "api --new" } }],
    ["working_dir", { workingDir: "/project/api" }],
    ["stdin", { stdin: "null" }],
    ["tty", { tty: true }],
    ["env", { env: { ...env, own: { A: "1" } } }],
    ["env_file", { env: { ...env, ownFiles: [file] } }],
    ["host", { host: "127.0.0.1" }],
    ["scheme", { scheme: "https" }],
    ["port", { port: 4200 }],
    ["files", { files: [{ path: "/project/a.js", content: "", keep: false }] }],
    ["depends_on", { needs: ["db"] }],
    ["ready", { ready: { probe, timeout: 60_000, attempt: 30_000, success: 1, owner: "tree" } }],
    ["health", { health: { probe, interval: 1, timeout: 1, failures: 1, success: 1, restart: false, owner: "tree" } }],
    ["watchdog", { watchdog: 1000 }],
    ["restart", { restart: "always" }],
    ["stop", { stop: { timeout: 1 } }],
    ["logs", { logs: { maxSize: 1, keep: 1 } }],
    ["on_exit", { onExit: "shutdown" }],
    ["success_exit_codes", { successExitCodes: [0, 3] }],
    ["enabled", { enabled: false }],
    ["profiles", { profiles: ["dev"] }],
    ["open", { open: "/docs" }],
  ])("names the key %s of a service, and no other", (key, now) => {
    const before = [service("db"), service("api")];
    expect(between(before, [service("db"), service("api", now)])).toEqual({
      settings: [],
      changed: [{ service: "api", keys: [key] }],
      added: [],
      removed: [],
    });
  });

  it("names what all services share once", () => {
    const now = ["a", "b"].map((name) =>
      service(name, { env: { ...env, manifest: { A: "1" }, manifestFiles: [file] }, exportPrefix: "P_" }),
    );
    const found = between([service("a"), service("b")], now);
    expect(found).toMatchObject({ settings: ["env", "env_file", "env_prefix"], changed: [] });
    expect(
      differencesOf({ portPool, services: [] }, { portPool: { ...portPool, to: 9000 }, services: [] }).settings,
    ).toEqual(["port_pool"]);
  });

  it("names services that came and went", () => {
    expect(between([service("a"), service("b")], [service("b"), service("c")])).toMatchObject({
      changed: [],
      added: ["c"],
      removed: ["a"],
    });
  });

  it("sees no difference in where something stands", () => {
    const moved = service("a", { needs: [{ on: "b", place: { file: "/project/services.yaml", line: 9, column: 9 } }] });
    const found = between(
      [service("b"), service("a", { needs: ["b"] })],
      [service("b"), { ...moved, place: { file: "/other.yaml", line: 7, column: 7 } }],
    );
    expect(isSame(found)).toBe(true);
  });
});
