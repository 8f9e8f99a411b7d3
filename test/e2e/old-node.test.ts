// The command under a Node that is too old for it.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { bin } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

const services = { api: { command: "exec sleep 1000" } };
/** Has the Node that is at hand say that it is an old one. */
const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`;

test("is run by the Node of the package beside it, and ends as the command does", async () => {
  await using project = newProject({ services }, { "old.cjs": pretend });
  const args = ["-r", project.path("old.cjs"), bin];
  const options = { cwd: project.directory, env: project.env, encoding: "utf8" } as const;
  expect(spawnSync(process.execPath, [...args, "--check-only"], options)).toMatchObject({ status: 0, stderr: "" });
  expect(spawnSync(process.execPath, [...args, "up", "nobody"], options)).toMatchObject({ status: 2, stdout: "" });

  const child = spawn(process.execPath, [...args, "--non-interactive"], { ...options, stdio: "pipe" });
  let shown = "";
  child.stdout.on("data", (data) => (shown += data));
  const closed = once(child, "close");
  await until("the service to be ready", () => shown.includes("api > ready"));
  child.kill("SIGTERM");
  expect(await closed).toEqual([0, null]);
  expect(shown).toContain("because of SIGTERM");
});

test("says what is needed where there is no other Node", async () => {
  await using project = newProject({ services }, { "old.cjs": pretend });
  cpSync(dirname(bin), project.path("bin"), { recursive: true });
  const { status, stderr } = spawnSync(
    process.execPath,
    ["-r", project.path("old.cjs"), project.path("bin/launch.js")],
    {
      encoding: "utf8",
      env: project.env,
    },
  );
  expect(status).toBe(2);
  expect(stderr).toMatch(/^launch needs Node 24\.21 or newer; this is v.*\nnpm install node@24 beside it brings one/);
});
