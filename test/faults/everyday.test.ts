// Faults 51 to 60: what programs, shells and people do every day without meaning any harm.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { expect } from "vitest";
import { bin, launch, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { freePort } from "../integration/ports/strangers.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

fault(51, async () => {
  const looking = [String.raw`(?=a)(a+)+$`, String.raw`(a+)+\1$`, "(a{1,30}){1,30}$"];
  for (const pattern of looking) {
    await using project = newProject({
      services: { api: { command: "exec sleep 1000", ready: { log: pattern } } },
    });
    const { code, stderr } = await launch(project, ["--non-interactive"]);
    expect([pattern, code]).toEqual([pattern, 2]);
    expect(stderr).toContain("this pattern could take for ever on a long line");
    expect(project.has(".launch")).toBe(false);
  }
});

fault(52, async () => {
  const command = "(setsid env -i /bin/sh -c 'sleep 1000 & wait' &); exit 0";
  await using run = await startRun({
    services: {
      server: { command, port: "auto", restart: "no" },
      web: { command: "exec sleep 1000", depends_on: ["server"] },
    },
  });
  expect(await run.ended).toBe(1);
  expect(run.said()).toContain("went into the background");
  expect(run.said()).toContain("run it in the foreground");
  expect(run.events.states("web")).not.toContain("starting");
  await run.nothingLeft();
});

fault(53, async () => {
  await using project = newProject({ services: { api: "exec sleep 1000", db: "exec sleep 1000" } });
  try {
    const all = await Promise.all(Array.from({ length: 4 }, () => launch(project, ["-d", "--wait"])));
    expect(all.map(({ code, stderr }) => ({ code, stderr }))).toEqual(all.map(() => ({ code: 0, stderr: "" })));
    expect(new Set(all.map(({ stdout }) => /\(pid \d+\)/.exec(stdout)?.[0])).size).toBe(1);
    const sleeping = project.processes().filter(({ command }) => command.startsWith("sleep 1000"));
    expect(sleeping).toHaveLength(2);
  } finally {
    expect((await launch(project, ["down"])).code).toBe(0);
  }
});

fault(54, async () => {
  const command = "trap 'sleep 0.2; echo in order; exit 0' TERM; echo there; while :; do sleep 0.02; done";
  await using run = await startRun({ services: { api: { command, ready: { log: "there" } } } });
  await run.events.find({ type: "up" });
  // Both are there when it goes on, as when a terminal and a wrapper send them at once.
  run.signal("SIGSTOP");
  run.signal("SIGINT");
  run.signal("SIGTERM");
  run.signal("SIGCONT");
  expect(await run.ended).toBe(0);
  expect(run.events.all.filter(({ type }) => type === "log").at(-1)?.line).toBe("in order");
  await run.nothingLeft();
});

fault(55, async () => {
  const service = (stop: object): object => ({
    command: "trap 'echo asked; exit 0' TERM; echo there; while :; do sleep 0.02; done",
    ready: { log: "there" },
    stop: { timeout: "8s", ...stop },
  });
  await using run = await startRun({
    services: {
      fails: service({ command: "exit 5" }),
      missing: service({ command: ["no-such-program-anywhere"] }),
      useless: service({ command: "true" }),
    },
  });
  await run.events.find({ type: "up" });
  expect(await run.end()).toBe(0);
  for (const name of ["fails", "missing", "useless"]) {
    expect(run.events.all.filter(({ service: one, line }) => one === name && line === "asked")).toHaveLength(1);
  }
  const told = run.events.all.filter(({ kind }) => kind === "stop-command").map(({ service: name }) => name);
  expect(new Set(told)).toEqual(new Set(["fails", "missing", "useless"]));
  await run.nothingLeft();
});

fault(56, async () => {
  await using owner = newProject({ name: "owner", services: { api: "exec sleep 1000" } });
  await using other = newProject({ name: "other", services: { api: "exec sleep 1000" } });
  const env = { LAUNCH_STATE_DIR: owner.path(".launch") };
  try {
    expect((await launch(owner, ["-d", "--wait"])).code).toBe(0);
    for (const args of [["down"], ["status"], ["stop", "api"], ["logs"], ["-d"]]) {
      const { code, stderr } = await launch(other, args, { env });
      expect([args, code === 0]).toEqual([args, false]);
      expect([args, stderr]).toEqual([args, expect.stringContaining("owner")]);
    }
    expect((await launch(owner, ["status"])).code).toBe(0);
  } finally {
    expect((await launch(owner, ["down"])).code).toBe(0);
  }
});

fault(57, async () => {
  const port = await freePort();
  const shell = await freePort();
  await using project = newProject(
    { services: { api: { command: "echo got $PORT $API_PORT", type: "task", port, ready: "none" } } },
    { ".env": `PORT=${shell}\n` },
  );
  const { stdout } = await launch(project, ["--non-interactive"], {
    env: { PORT: String(shell), API_PORT: String(shell) },
  });
  expect(stdout).toContain(`got ${port} ${port}`);
});

fault(58, async () => {
  const [told, own] = [await freePort(), await freePort()];
  const server = `require("node:net").createServer().listen(${own}, "127.0.0.1")`;
  await using project = newProject(
    { services: { web: { command: ["node", "own.cjs"], port: told, ready: { timeout: "3s" }, restart: "no" } } },
    { "own.cjs": server },
  );
  const { code, stdout } = await launch(project, ["--non-interactive"]);
  expect(code).toBe(1);
  expect(stdout).toContain(`it listens on ${own}, not ${told}; does it use $PORT?`);
});

fault(59, async () => {
  await using project = newProject({ services: { api: "exec sleep 1000" } });
  execFileSync("mkfifo", [project.path(".env")]);
  const waiting = startLaunch(project, ["--non-interactive"]);
  // Can be opened once somebody reads, and then says nothing.
  const writer = spawn("sh", ["-c", "exec 3>.env; echo open; exec sleep 1000"], { cwd: project.directory });
  try {
    await once(writer.stdout, "data");
    waiting.signal("SIGINT");
    expect(await waiting.ended).not.toBe(0);
  } finally {
    writer.kill("SIGKILL");
    await once(writer, "exit");
    await waiting[Symbol.asyncDispose]();
  }
});

fault(60, async () => {
  await using project = newProject({ services: { api: "exec sleep 1000" } });
  const gone = project.path("gone");
  const script = 'cd "$1" && rmdir "$1" && shift && exec "$@"';
  for (const args of [["--non-interactive"], ["status"], ["down"], ["logs"], ["run", "--", "true"]]) {
    mkdirSync(gone);
    const { status, stderr } = spawnSync("sh", ["-c", script, "sh", gone, process.execPath, bin, ...args], {
      cwd: project.directory,
      env: project.env,
      encoding: "utf8",
    });
    expect([args, status]).toEqual([args, 2]);
    expect([args, stderr]).toEqual([args, expect.stringMatching(/^[^\n]+\n/)]);
    expect(stderr).not.toContain("    at ");
  }
});
