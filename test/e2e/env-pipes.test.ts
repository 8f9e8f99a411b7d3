// A `.env` that is a named pipe, as secret managers make it.

import { execFileSync } from "node:child_process";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { launch, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

test("what can be read once is enough for the check and the start", async () => {
  await using project = newProject({ services: { show: { command: 'echo "A is $A"', type: "task" } } });
  const pipe = join(project.directory, ".env");
  execFileSync("mkfifo", [pipe]);
  const [{ code, stdout }] = await Promise.all([launch(project, ["--plain"]), writeFile(pipe, "A=one\n")]);
  expect(stdout).toContain("A is one");
  expect(code).toBe(0);
});

test("an engine in the background that waits for it ends with who started it", async () => {
  await using project = newProject({ services: { idle: { command: "sleep 1000" } } });
  const pipe = join(project.directory, ".env");
  execFileSync("mkfifo", [pipe]);
  await using starting = startLaunch(project, ["-d"]);
  // It can be opened once the engine reads it, and written into for as long as that lives.
  await using writer = await open(pipe, "w");
  expect(await starting.end("SIGINT")).toBe("SIGINT");
  await until("the engine to be gone", async () => {
    const code = await writer.write("#\n").then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    return code === "EPIPE";
  });
});
