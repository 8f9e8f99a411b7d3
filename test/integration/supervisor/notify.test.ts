// Readiness by message: a descriptor, a command, a datagram; and the watchdog.

import { execFileSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Running, startEngine } from "../../helpers/engine.ts";
import { newProject, root } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";

const sayer = join(root, "src/cli/main.ts");

function said(run: Running, service: string): string | undefined {
  return run.engine.supervisor.snapshot().members[service]?.said;
}

/** A service that says these lines once the file `go` is there, and lives on. */
function waits(say: string): string {
  return `while ! test -e go; do sleep 0.02; done; ${say}; exec sleep 1000`;
}

test.each([
  ["READY=1 on the descriptor", 'echo READY=1 >&"$NOTIFY_FD"'],
  ["an empty line on the descriptor", 'echo >&"$NOTIFY_FD"'],
  ["launch notify, in another directory and without the descriptor", `cd / && node ${sayer} notify ready 3>&-`],
  [
    "a datagram of a Python client",
    'python3 -c \'import os, socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b"STATUS=up\\nREADY=1", os.environ["NOTIFY_SOCKET"])\'',
  ],
])("%s makes a service ready, and nothing before it", async (_, say) => {
  await using project = newProject({
    services: {
      api: { command: waits(say), ready: "notify" },
      web: { command: "exec sleep 1000", depends_on: ["api"] },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("api", "started");
  expect(run.engine.supervisor.snapshot().members["web"]?.state.status).toBe("idle");
  project.write("go", "");
  await run.events.state("web", "ready");
  expect(await run.stop()).toBe(0);
  expect(project.listing()).not.toContain(".launch/notify/");
});

test("what a service says that it is doing is known, also over the socket", async () => {
  await using project = newProject({
    services: {
      api: {
        command: `echo "STATUS=reading \\033[31mall" >&"$NOTIFY_FD"; while ! test -e go; do sleep 0.02; done; node ${sayer} notify status half way; exec sleep 1000`,
        ready: "notify",
      },
    },
  });
  await using run = await startEngine(project);
  await until("the first status", () => said(run, "api") === "reading all");
  project.write("go", "");
  await until("the second", () => said(run, "api") === "half way");
});

test("who is left of an earlier run cannot speak for the next", async () => {
  const second =
    'echo READY=1 >>"$(cat before)"; echo spoken; while ! test -e go; do sleep 0.02; done; echo >&"$NOTIFY_FD"';
  await using project = newProject({
    services: {
      api: {
        command: `if test -e before; then ${second}; else echo "$LAUNCH_NOTIFY" >before; echo >&"$NOTIFY_FD"; fi; exec sleep 1000`,
        ready: "notify",
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("api", "ready");
  run.request({ type: "restart", services: ["api"] });
  await until("what the earlier run could say", () => run.lines("api").includes("spoken"));
  expect(run.engine.supervisor.snapshot().members["api"]?.state.status).toBe("started");
  project.write("go", "");
  await run.events.state("api", "ready", { run: 2 });
});

test("more time is granted to a service that asks for it", async () => {
  await using project = newProject({
    services: {
      api: {
        command:
          'echo EXTEND_TIMEOUT_USEC=5000000 >&"$NOTIFY_FD"; sleep 1; echo READY=1 >&"$NOTIFY_FD"; exec sleep 1000',
        ready: { notify: true, timeout: "500ms" },
        restart: "no",
      },
      late: { command: "sleep 1000", ready: { notify: true, timeout: "500ms" }, restart: "no" },
    },
  });
  await using run = await startEngine(project, { onFailure: "continue" });
  expect((await run.events.state("late", "failed")).reason).toMatch(
    /^not ready within \d+ms: it has not said READY=1$/,
  );
  await run.events.state("api", "ready");
});

const dies = "watchdog: no sign of life for 400ms";

test("silence beyond the watchdog ends a service by SIGABRT, and it starts again", async () => {
  await using project = newProject({
    services: {
      api: {
        command:
          'trap \'echo aborted; exit 3\' ABRT; echo READY=1 >&"$NOTIFY_FD"; for i in 1 2 3 4 5 6; do sleep 0.1; echo WATCHDOG=1 >&"$NOTIFY_FD"; done; echo silent $WATCHDOG_USEC; while :; do sleep 0.05; done',
        ready: "notify",
        watchdog: "400ms",
        restart: { delay: 0 },
      },
    },
  });
  await using run = await startEngine(project);
  const stopping = await run.events.state("api", "stopping");
  expect(run.lines("api")).toContain("silent 400000");
  expect(stopping.run).toBe(1);
  await run.events.state("api", "ready", { run: 2 });
  expect(run.lines("api")).toContain("aborted");
  expect(run.engine.supervisor.snapshot().members["api"]).toMatchObject({
    restarts: 1,
    lastEnd: { exit: { code: 3 } },
  });
});

test("a service that ignores the SIGABRT is killed when its grace is over, and counts as silent", async () => {
  await using project = newProject({
    services: {
      api: {
        command: "trap '' ABRT; echo READY=1 >&\"$NOTIFY_FD\"; sleep 1000 & wait; wait",
        ready: "notify",
        watchdog: "400ms",
        restart: "no",
        stop: { timeout: "200ms" },
      },
    },
  });
  await using run = await startEngine(project, { onFailure: "continue" });
  expect((await run.events.state("api", "failed")).reason).toBe(dies);
});

test("a service that is stopped is not judged by its watchdog", async () => {
  await using project = newProject({
    services: {
      api: {
        command: 'echo READY=1 >&"$NOTIFY_FD"; while :; do sleep 0.05; echo WATCHDOG=1 >&"$NOTIFY_FD"; done',
        ready: "notify",
        watchdog: "400ms",
        restart: "no",
      },
      other: {
        command: 'echo READY=1 >&"$NOTIFY_FD"; exec sleep 1000',
        ready: "notify",
        watchdog: "1s",
        restart: "no",
      },
    },
  });
  await using run = await startEngine(project, { onFailure: "continue" });
  await run.events.state("api", "ready");
  run.engine.supervisor.signal("api", "SIGSTOP");
  await run.events.state("other", "failed");
  run.engine.supervisor.signal("api", "SIGCONT");
  const before = run.engine.supervisor.snapshot().members["api"]?.state;
  expect(before).toMatchObject({ status: "ready", run: 1 });
});

test("what launch itself was handed is not handed on", async () => {
  const given = { NOTIFY_SOCKET: "/nowhere", WATCHDOG_USEC: "1", LISTEN_FDS: "1", LISTEN_PID: "1" };
  Object.assign(process.env, given);
  onTestFinished(() => {
    for (const name of Object.keys(given)) delete process.env[name];
  });
  await using project = newProject({
    services: {
      plain: {
        command: "env | grep -E '^(NOTIFY|WATCHDOG|LISTEN)_'; echo over; exec sleep 1000",
        ready: { log: "^over$" },
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("plain", "ready");
  expect(run.lines("plain")).toEqual(["over"]);
});

test.runIf(existsSync("/usr/bin/systemd-notify"))(
  "systemd-notify makes a service ready, and its barrier ends",
  async () => {
    await using project = newProject({
      services: {
        api: { command: "systemd-notify --ready --status=up && echo told; exec sleep 1000", ready: "notify" },
      },
    });
    await using run = await startEngine(project);
    await run.events.state("api", "ready");
    await until("the end of systemd-notify", () => run.lines("api").includes("told"));
    expect(said(run, "api")).toBe("up");
  },
);

test("without Perl there is no NOTIFY_SOCKET, and the descriptor serves", async () => {
  const { PATH } = process.env;
  const bare = newProject({ services: { none: "true" } });
  onTestFinished(() => bare[Symbol.asyncDispose]());
  for (const program of ["sh", "sleep", "env", "node"]) symlinkSync(programPath(program), bare.path(program));
  await using project = newProject({
    services: {
      api: { command: 'echo "socket:$NOTIFY_SOCKET"; echo >&"$NOTIFY_FD"; exec sleep 1000', ready: "notify" },
    },
  });
  process.env["PATH"] = bare.directory;
  onTestFinished(() => void (process.env["PATH"] = PATH));
  await using run = await startEngine(project);
  await run.events.state("api", "ready");
  await until("its first line", () => run.lines("api").length > 0);
  expect(run.lines("api")).toEqual(["socket:"]);
});

function programPath(name: string): string {
  return execFileSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
}
