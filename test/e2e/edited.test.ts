// A manifest that is edited while a run of it goes on.

import { expect, onTestFinished, test } from "vitest";
import { launch } from "../helpers/launch.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { openDashboard } from "./tui/dashboard.ts";

const sleep = { command: "exec sleep 1000" };

/** A project that runs in the background until the test is over. */
async function runInBackground(): Promise<TestProject> {
  const project = newProject({ name: "shop", services: { api: sleep, old: sleep } });
  onTestFinished(async () => {
    await launch(project, ["down"]);
    await project[Symbol.asyncDispose]();
  });
  expect(await launch(project, ["-d", "--wait"])).toMatchObject({ code: 0, stderr: "" });
  return project;
}

test("is told by status, start, restart and another start, with what differs", async () => {
  const project = await runInBackground();
  expect((await launch(project, ["status"])).stdout).not.toContain("has changed");
  project.write(
    "services.yaml",
    JSON.stringify({ services: { api: { ...sleep, env: { A: "1" }, port: "auto" }, extra: sleep } }),
  );
  const words =
    "The manifest has changed since this run began (api: port, ready, env; new: extra; gone: old). " +
    "What runs goes by what it said then; for what it says now, launch down, then launch.\n";
  expect((await launch(project, ["status"])).stdout).toContain(`\n${words}`);
  expect(await launch(project, ["start", "api"])).toMatchObject({ code: 0, stderr: words });
  expect(await launch(project, ["restart", "api"])).toMatchObject({ code: 0, stderr: words });
  expect(await launch(project, ["-d", "--wait"])).toMatchObject({ code: 0, stderr: words });
  const unknown = await launch(project, ["start", "extra"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain("new: extra");
  expect(JSON.parse((await launch(project, ["status", "--json"])).stdout)).toMatchObject({
    edited: { changed: [{ service: "api", keys: ["port", "ready", "env"] }], added: ["extra"], removed: ["old"] },
  });
});

test("is told to be wrong, with the first thing that is", async () => {
  const project = await runInBackground();
  project.write("services.yaml", "services:\n  api:\n    comand: x\n");
  const { stdout } = await launch(project, ["status"]);
  expect(stdout).toContain("The manifest has changed since this run began, and is wrong now: services.yaml:3:5 ");
});

test("is told below the services of the dashboard, until it says again what runs", async () => {
  await using dashboard = await openDashboard({ services: { api: sleep } });
  const { screen, project } = dashboard;
  const before = project.read("services.yaml");
  project.write("services.yaml", JSON.stringify({ services: { api: { ...sleep, env: { A: "1" } }, extra: sleep } }));
  await screen.until("manifest edited: api: env; new: extra");
  project.write("services.yaml", before);
  await screen.untilGone("manifest edited");
});
