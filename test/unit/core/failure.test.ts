import { expect, it } from "vitest";
import type { HolderKnowledge } from "../../../src/core/conflict.ts";
import type { Failure } from "../../../src/core/failure.ts";
import {
  describe,
  describeExit,
  describeHolder,
  describeConflict,
  describeMillis,
  describeProcess,
} from "../../../src/core/failure.ts";
import { conflict } from "./fleet.ts";

it.each([
  [0, "0ms"],
  [999.4, "999ms"],
  [999.6, "1s"],
  [1250, "1.3s"],
  [10_000, "10s"],
  [59_940, "59.9s"],
  [59_960, "1m"],
  [90_000, "1m30s"],
  [119_700, "2m"],
  [3_600_000, "1h"],
  [7_500_000, "2h5m"],
  [273_600_000, "3d4h"],
])("writes %d ms as %s", (ms, words) => {
  expect(describeMillis(ms)).toBe(words);
});

it.each([
  [{ code: 3, signal: null }, "exit code 3"],
  [{ code: 137, signal: null }, "exit code 137 (SIGKILL)"],
  ...Object.entries({
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGABRT: 6,
    SIGFPE: 8,
    SIGSEGV: 11,
    SIGPIPE: 13,
    SIGALRM: 14,
    SIGTERM: 15,
  }).map(([name, number]) => [{ code: 128 + number, signal: null }, `exit code ${128 + number} (${name})`] as const),
  [{ code: 128, signal: null }, "exit code 128"],
  [{ code: 255, signal: null }, "exit code 255"],
  [{ code: null, signal: "SIGTERM" }, "SIGTERM"],
  [{ code: null, signal: "SIGKILL" }, "SIGKILL (killed, possibly out of memory)"],
] as const)("says how a process ended: %o", (exit, words) => {
  expect(describeExit(exit)).toBe(words);
});

it.each<[Failure, string]>([
  [{ kind: "command-not-found", command: "pg" }, "command not found: pg"],
  [{ kind: "not-executable", command: "./api" }, "not executable: ./api"],
  [{ kind: "no-directory", path: "/srv/api" }, "no such directory: /srv/api"],
  [{ kind: "spawn", code: "EAGAIN", message: "no more processes" }, "could not be started: no more processes (EAGAIN)"],
  [{ kind: "preparation", message: "the env file api.env does not exist" }, "the env file api.env does not exist"],
  [{ kind: "exit", exit: { code: 1, signal: null } }, "ended with exit code 1"],
  [{ kind: "not-ready", timeout: 60_000, reason: "refused" }, "not ready within 1m: refused"],
  [{ kind: "not-ready", timeout: 400, reason: "refused", failures: 3 }, "not ready at 3 tries within 400ms: refused"],
  [{ kind: "not-ready", timeout: 9, reason: "refused", failures: 1 }, "not ready at the first try within 9ms: refused"],
  [
    { kind: "exit", exit: { code: 0, signal: null }, byWish: true },
    "ended with exit code 0, and by on_exit: fail it should not end",
  ],
  [{ kind: "unhealthy", reason: "answered 503" }, "unhealthy: answered 503"],
  [{ kind: "lost", reason: "nothing listens on 5432" }, "nothing listens on 5432"],
  [{ kind: "ended-early", exit: { code: 0, signal: null } }, "ended with exit code 0 before it was ready"],
  [
    { kind: "ended-early", exit: { code: 0, signal: null }, wasReady: true },
    "ended with exit code 0 just after it was ready",
  ],
  [{ kind: "unwatched" }, "ended while launch was not there to see how"],
  [{ kind: "need-ended", need: "db" }, "could not start, because db has ended"],
  [{ kind: "silent", limit: 10_000 }, "watchdog: no sign of life for 10s"],
  [
    { kind: "crash-loop", restarts: 1, window: 1000, last: { kind: "did-not-stop" } },
    "crash loop: restarted 1 time within 1s, last: did not stop, not even by SIGKILL",
  ],
  [{ kind: "did-not-stop" }, "did not stop, not even by SIGKILL"],
  [{ kind: "skipped" }, "skipped"],
  [{ kind: "conflict", conflict: conflict("api") }, 'port 3000 is held by node (pid 4711, "node vite")'],
  [
    { kind: "crash-loop", restarts: 5, window: 120_000, last: { kind: "unhealthy", reason: "answered 503" } },
    "crash loop: restarted 5 times within 2m, last: unhealthy: answered 503",
  ],
])("describes a failure: %o", (failure, words) => {
  expect(describe(failure)).toBe(words);
});

const project = { name: "uhome", service: "api", root: "/home/me/uhome" };

it.each<[HolderKnowledge, string]>([
  [
    { kind: "process", holder: { pid: 7, command: "/usr/bin/python3 -m http.server" } },
    'held by python3 (pid 7, "/usr/bin/python3 -m http.server")',
  ],
  [{ kind: "process", holder: { pid: 7, command: "node", project } }, "held by api of uhome in /home/me/uhome (pid 7)"],
  [
    { kind: "process", holder: { pid: 7, command: "node", project: { ...project, instance: "two" } } },
    "held by api of uhome, instance two, in /home/me/uhome (pid 7)",
  ],
  [{ kind: "other-user", uid: 0, user: "root" }, "held by user root, whose processes may not be looked at"],
  [{ kind: "lease" }, "leased by another run of launch"],
  [
    { kind: "lease", project: { name: "uhome", root: "/home/me/uhome", pid: 8 } },
    "leased by uhome in /home/me/uhome (launch, pid 8)",
  ],
  [{ kind: "unknown" }, "in use, holder unknown"],
  [
    {
      kind: "process",
      holder: { pid: 7, command: "node", project: { name: "shop", service: "web", root: "/", own: true } },
    },
    "held by web of this same run (pid 7)",
  ],
])("says who holds a port: %o", (holder, words) => {
  expect(describeHolder(holder)).toBe(words);
});

it("says which of two ports of one number it is about", () => {
  expect(describeConflict({ ...conflict("dns", 53), transport: "udp" })).toMatch(/^UDP port 53 is held by /);
});

it("says that a whole range is taken", () => {
  const taken = { ...conflict("api", 8000), exhausted: { from: 8000, to: 8010 } };
  expect(describeConflict(taken)).toBe(
    'no port from 8000 to 8010 is free; port 8000 is held by node (pid 4711, "node vite")',
  );
});

it("names a process that would be ended by its service, otherwise by a command of bounded length", () => {
  const holder = { pid: 7, command: `sh -c ${"x".repeat(200)}` };
  expect(describeProcess(holder)).toBe(`pid 7 ("sh -c ${"x".repeat(73)}…")`);
  const project = { name: "shop", service: "api", root: "/shop" };
  expect(describeProcess({ ...holder, project })).toBe("pid 7 (api of shop in /shop)");
  expect(describeProcess({ ...holder, project: { ...project, instance: "two" } })).toBe(
    "pid 7 (api of shop, instance two, in /shop)",
  );
});
