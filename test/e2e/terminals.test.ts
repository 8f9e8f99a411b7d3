// Services in a terminal of their own, by the built command.

import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { bin, startJson } from "../helpers/launch.ts";
import { isAlive } from "../helpers/processes.ts";
import { newProject, root } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

const stays = "setInterval(() => {}, 1e6);";
const terminal = (script: string): object => ({ command: ["node", "-e", script], tty: true });

test("a service has a terminal of its own", async () => {
  await using project = newProject({
    services: { app: terminal(`console.log("tty " + process.stdout.isTTY); ${stays}`) },
  });
  await using going = startJson(project);
  await going.events.find({ type: "log", line: "tty true" });
  await going.events.find({ type: "up" });
  expect(await going.end("SIGTERM")).toBe(0);
  expect(project.read(".launch/logs/app.log")).toBe("tty true\r\n");
});

test("services with a terminal end when launch is killed, as all others do", async () => {
  await using project = newProject({
    services: {
      one: terminal(stays),
      two: { ...terminal(stays), depends_on: ["one"] },
      plain: { command: ["node", "-e", stays], depends_on: ["two"] },
    },
  });
  await using going = startJson(project);
  const pidOf = async (service: string): Promise<number> => Number((await going.events.state(service, "ready")).pid);
  const [one, two, plain] = [await pidOf("one"), await pidOf("two"), await pidOf("plain")];
  await going.end("SIGKILL");
  await until("the end of all", () => [one, two, plain].every((pid) => !isAlive(pid)));
  await until("the end of the guard", () => project.processes().length === 0);
});

test("without the package for terminals that is what is told, and what to do", async () => {
  await using project = newProject({ services: { app: terminal(stays), plain: "sleep 1000" } });
  // As it is where optional packages were left out.
  mkdirSync(project.path("launch"));
  for (const part of ["bin", "dist", "package.json"]) {
    cpSync(join(dirname(bin), "..", part), project.path("launch", part), { recursive: true });
  }
  const run = (...args: readonly string[]): { readonly status: number | null; readonly output: string } => {
    const options = { cwd: project.directory, env: project.env, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [project.path("launch/bin/launch.js"), ...args],
      options,
    );
    return { status, output: stdout + stderr };
  };
  const words = "`tty: true` needs the package @lydell/node-pty, which is not installed: npm install @lydell/node-pty";
  const checked = run("--check-only");
  expect(checked.status).not.toBe(0);
  expect(checked.output).toContain(words);
  const started = run("--non-interactive");
  expect(started.status).not.toBe(0);
  expect(started.output).toContain(words);
  // What was advised helps, also where launch itself is installed elsewhere.
  mkdirSync(project.path("node_modules"));
  symlinkSync(join(root, "node_modules/@lydell"), project.path("node_modules/@lydell"));
  expect(run("--check-only").status).toBe(0);
});
