// Whose a run is: its project's, also where one state directory is named for several.

import { cpSync, renameSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { bin, launch, startJson, type Around } from "../helpers/launch.ts";
import { newProject, type TestProject } from "../helpers/project.ts";

/** Two projects, and a shell that names one state directory for both. */
function newPair(): { readonly mine: TestProject; readonly other: TestProject; readonly around: Around } {
  const mine = newProject({ name: "mine", services: { one: "exec sleep 1000" } });
  const other = newProject({ name: "other", services: { two: "exec sleep 1000" } });
  const around = { env: { LAUNCH_STATE_DIR: mine.path("state") } };
  onTestFinished(async () => {
    await launch(mine, ["down"], around);
    await mine[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });
  return { mine, other, around };
}

describe("the run of another project in the same state directory", () => {
  test("is named and left alone, whatever is asked", async () => {
    const { mine, other, around } = newPair();
    await launch(mine, ["-d", "--wait"], around);
    const owner = `mine in ${mine.directory} (pid `;
    for (const args of [["status"], ["down"], ["stop"], ["restart", "two"], ["start"], ["why", "two"]]) {
      const { code, stdout, stderr } = await launch(other, args, around);
      expect({ args, code, stdout }).toEqual({ args, code: 4, stdout: "" });
      expect(stderr).toContain(owner);
    }
    expect((await launch(other, ["run", "--", "true"], around)).code).toBe(125);
    for (const args of [["logs"], ["-d"], ["--non-interactive"]]) {
      const { code, stderr } = await launch(other, args, around);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toContain(`mine in ${mine.directory}`);
    }
    expect((await launch(other, ["--check-only"], around)).stdout).toContain(owner);
    expect(other.processes()).toEqual([]);
    expect((await launch(mine, ["status"], around)).code).toBe(0);
  });

  test("is told by instance, too", async () => {
    const { mine, around } = newPair();
    await launch(mine, ["-d", "--wait", "--instance", "two"], around);
    const { code, stderr } = await launch(mine, ["down"], { env: { LAUNCH_STATE_DIR: mine.path("state/two") } });
    expect(code).toBe(4);
    expect(stderr).toContain(`mine, instance two, in ${mine.directory} (pid `);
    expect((await launch(mine, ["down", "--instance", "two"], around)).stdout).toMatch(/^mine stopped/);
  });

  test("that was killed is not ended, and nothing is started over it", async () => {
    const { mine, other, around } = newPair();
    await using run = startJson(mine, [], around);
    await run.events.find({ type: "up" });
    const { run: record } = JSON.parse(mine.read("state/state.json")).state as { run: { guard: { pid: number } } };
    // Stopped, the engine cannot start another guard.
    run.signal("SIGSTOP");
    process.kill(record.guard.pid, "SIGKILL");
    await run.end("SIGKILL");
    expect((await launch(other, ["down"], around)).stdout).toBe("Nothing of this project runs here.\n");
    const { code, stderr } = await launch(other, ["--non-interactive"], around);
    expect(code).toBe(2);
    expect(stderr).toContain(`a run of mine in ${mine.directory} was killed and left`);
    expect(mine.processes().length).toBeGreaterThan(0);
    expect((await launch(mine, ["down"], around)).code).toBe(0);
    expect(mine.processes()).toEqual([]);
  });
});

test("what another project has kept in the state directory counts for nobody else", async () => {
  const { mine, other, around } = newPair();
  mine.write("services.yaml", "services: { one: { command: exec serve.js, port: auto } }");
  other.write("services.yaml", "services: { one: { command: exec serve.js, port: auto } }");
  await launch(mine, ["run", "--", "true"], around);
  const remembered = async (project: TestProject): Promise<unknown> =>
    (JSON.parse((await launch(project, ["ports", "--json"], around)).stdout) as { ports: { remembered?: number }[] })
      .ports[0]?.remembered;
  expect(await remembered(mine)).toBeTypeOf("number");
  expect(await remembered(other)).toBeUndefined();
});

test("a project that is moved while it runs is still the same", async () => {
  const project = newProject({ services: { one: "exec sleep 1000" } });
  const moved = { cwd: `${project.directory}/moved` };
  project.write("first/services.yaml", project.read("services.yaml"));
  onTestFinished(async () => {
    await launch(project, ["down"], moved);
    await project[Symbol.asyncDispose]();
  });
  await launch(project, ["-d", "--wait"], { cwd: project.path("first") });
  renameSync(project.path("first"), moved.cwd);
  expect((await launch(project, ["status"], moved)).code).toBe(0);
  expect((await launch(project, ["down"], moved)).stdout).toMatch(/stopped after/);
});

test("a copy of a project that runs is another one", async () => {
  const project = newProject({ services: { one: "exec sleep 1000" } });
  project.write("first/services.yaml", project.read("services.yaml"));
  const first = { cwd: project.path("first") };
  const copy = { cwd: project.path("copy") };
  onTestFinished(async () => {
    await launch(project, ["down"], first);
    await launch(project, ["down"], copy);
    await project[Symbol.asyncDispose]();
  });
  await launch(project, ["-d", "--wait"], first);
  cpSync(first.cwd, copy.cwd, { recursive: true, filter: (path) => !path.endsWith(".sock") });
  expect((await launch(project, ["status"], copy)).code).toBe(4);
  expect((await launch(project, ["-d", "--wait"], copy)).code).toBe(0);
  expect((await launch(project, ["status"], first)).code).toBe(0);
});

test("what launch is told by its environment is not handed on to services", async () => {
  const names = ["LAUNCH_STATE_DIR", "LAUNCH_PROFILE", "LAUNCH_SCREEN_READER"];
  const script = `console.log(${JSON.stringify(names)}.filter((name) => name in process.env).join(" ") || "none")`;
  await using project = newProject({
    services: { show: { type: "task", command: ["node", "-e", script] } },
  });
  const env = { LAUNCH_STATE_DIR: project.path("state"), LAUNCH_PROFILE: "more", LAUNCH_SCREEN_READER: "1" };
  expect((await launch(project, [], { env })).code).toBe(0);
  expect(project.read("state/logs/show.log")).toBe("none\n");
});

test("a launch within a service keeps its own state, wherever the outer one keeps its", async () => {
  await using project = newProject({
    services: { outer: { type: "task", command: [process.execPath, bin, "-C", "inner"] } },
  });
  project.write("inner/services.yaml", 'services: { task: { type: task, command: "echo hello" } }');
  const { code } = await launch(project, [], { env: { LAUNCH_STATE_DIR: project.path("state") } });
  expect(code).toBe(0);
  expect(project.read("inner/.launch/logs/task.log")).toBe("hello\n");
});
