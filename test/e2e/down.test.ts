// `launch down` and what else is said of a run that cannot be talked to: killed with its guard, without its directory, stopped.

import { rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import type { RunRecord } from "../../src/effects/state/state.ts";
import { launch, startJson } from "../helpers/launch.ts";
import { isAlive } from "../helpers/processes.ts";
import { newProject, type TestProject } from "../helpers/project.ts";

const away = "setsid sh -c 'env -i sleep 1000 & exec sleep 1000' & exec sleep 1000";

/** A run in the background; what a test that fails leaves of it is ended. */
async function startShop(): Promise<{ readonly project: TestProject; readonly run: RunRecord }> {
  const project = newProject({ name: "shop", services: { web: { command: "serve.js", port: "auto" }, away } });
  onTestFinished(async () => {
    if (project.processes().length > 0) await project.clear();
    await project[Symbol.asyncDispose]();
  });
  await launch(project, ["-d", "--wait"]);
  const { state } = JSON.parse(project.read(".launch/state.json")) as { state: { run: RunRecord } };
  return { project, run: state.run };
}

/** Kills engine and guard; stopped before that, the engine cannot start another guard. */
function killBoth({ engine, guard }: RunRecord): void {
  process.kill(engine.pid, "SIGSTOP");
  process.kill(guard!.pid, "SIGKILL");
  process.kill(engine.pid, "SIGKILL");
}

test("launch down ends what a run left that was killed with its guard, and launch stop tells of it", async () => {
  const { project, run } = await startShop();
  killBoth(run);
  const left = project.processes().map(({ pid }) => pid);
  expect(left.length).toBeGreaterThan(2);

  const stop = await launch(project, ["stop", "web"]);
  expect(stop.stderr).toMatch(/was killed and left \d+ processes; launch down ends them/);
  expect(stop.code).toBe(0);

  const down = await launch(project, ["down"]);
  expect(down.stdout).toMatch(/^shop: left by a run that was killed and was ended: pid \d+ /);
  expect(down.code).toBe(0);
  expect(left.filter(isAlive)).toEqual([]);
  expect(project.processes()).toEqual([]);
  expect(["run.json", "ends", "control.sock"].filter((file) => project.has(`.launch/${file}`))).toEqual([]);

  const again = await launch(project, ["down"]);
  expect([again.stdout, again.code]).toEqual(["Nothing of this project runs here.\n", 0]);
});

test("what a killed run left is ended also where the manifest can no longer be read", async () => {
  const { project, run } = await startShop();
  killBoth(run);
  project.write("services.yaml", "services: [");
  const down = await launch(project, ["down"]);
  expect([down.code, down.stderr]).toEqual([0, ""]);
  expect(project.processes()).toEqual([]);
});

test("a run whose state directory was removed is told of, and ended by launch down", async () => {
  const { project, run } = await startShop();
  const { pid } = run.engine;
  rmSync(project.path(".launch"), { recursive: true });
  const words = `shop runs here (pid ${pid}), but cannot be talked to: ${project.path(".launch")}, or what was in it, has been removed. launch down ends it.`;

  const status = await launch(project, ["status"]);
  expect([status.stderr, status.code]).toEqual([`${words}\n`, 4]);
  const check = await launch(project, ["--check-only"]);
  expect(check.stdout).toContain(words);
  expect(check.stdout).toContain(`It runs already (pid ${pid})`);
  expect(check.code).toBe(2);
  const again = await launch(project, ["-d"]);
  expect(again.stderr).toContain(`shop already runs here (pid ${pid}).`);
  expect(again.code).toBe(2);

  // The attempt has made the directory anew, and nobody listens there.
  const down = await launch(project, ["down"]);
  expect(down.stdout).toMatch(/^shop stopped after /);
  expect(down.code).toBe(0);
  expect(project.processes()).toEqual([]);
});

test("the next launch ends what a killed run left though its guard stands still, and the guard as well", async () => {
  await using project = newProject({ name: "shop", services: { away } });
  const going = startJson(project);
  await going.events.find({ type: "up" });
  const { state } = JSON.parse(project.read(".launch/state.json")) as { state: { run: RunRecord } };
  const { pid = 0 } = state.run.guard ?? {};
  // Whoever wakes it finds it stopped again.
  const stopping = setInterval(() => isAlive(pid) && process.kill(pid, "SIGSTOP"), 1);
  await going.end("SIGKILL");
  const left = project.processes().map(({ pid: one }) => one);
  expect(left.length).toBeGreaterThan(2);
  await using next = startJson(project);
  await next.events.find({ type: "up" });
  clearInterval(stopping);
  expect(left.filter(isAlive)).toEqual([]);
  expect(await next.end("SIGTERM")).toBe(0);
});
