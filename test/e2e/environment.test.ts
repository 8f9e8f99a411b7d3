// What services are given: their environment, their files and a place for their logs.

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { launch, startJson } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { freePort } from "../integration/ports/strangers.ts";

test.concurrent("the environment of a service is made of every layer, in order", async () => {
  const port = await freePort();
  await using project = newProject(
    {
      name: "layers",
      env: { A: "manifest", B: "manifest", C: "manifest" },
      env_file: "all.env",
      services: {
        show: {
          command: "show-env.js",
          port,
          ready: "none",
          env: { A: "own", E: null, PEER: "${SHOW_URL}", DEFAULT: "${NOWHERE:-fallback}", DOLLAR: "$$x" },
          env_file: "own.env",
        },
      },
    },
    { ".env": "DOT=dot\nE=dot\n", "all.env": "A=all\nD=all\n", "own.env": "B=ownfile\nD=own\n" },
  );
  await using run = startJson(project, [], { env: { C: "process", D: "process", G: "process" } });
  const { line } = await run.events.find({ type: "log", service: "show" });
  await run.events.find({ type: "up" });
  const env = JSON.parse(line ?? "") as Record<string, string>;
  expect(env).toMatchObject({
    A: "own",
    B: "manifest",
    C: "manifest",
    D: "process",
    G: "process",
    DOT: "dot",
    PORT: String(port),
    SHOW_PORT: String(port),
    SHOW_URL: `http://localhost:${port}`,
    PEER: `http://localhost:${port}`,
    DEFAULT: "fallback",
    DOLLAR: "$x",
    LAUNCH_SERVICE: "show",
    LAUNCH_PROJECT: "layers",
    LAUNCH_INSTANCE: "default",
    PYTHONUNBUFFERED: "1",
  });
  expect(env).not.toHaveProperty("E");
  expect(env).not.toHaveProperty("FORCE_COLOR");
  expect(await run.end("SIGINT")).toBe(0);
});

test.concurrent("what a service says of launch's names holds wherever they stand, but not of the names that launch knows it by", async () => {
  const echo = "echo ${PORT} $PORT $LAUNCH_ROOT; exec sleep 1000";
  const list = ["sh", "-c", echo.replaceAll(/\$(?=[A-Z])/g, "$$$$")];
  await using project = newProject(
    {
      defaults: { ready: "none" },
      services: {
        text: { command: echo, port: "auto", env: { PORT: "x${LAUNCH_SERVICE}", LAUNCH_ROOT: null } },
        list: { command: list, port: "auto", env_file: "own.env", env: { LAUNCH_ROOT: "mine" } },
      },
    },
    { "own.env": "PORT=y\n" },
  );
  await using run = startJson(project);
  await run.events.find({ type: "log", service: "text", line: `xtext xtext ${project.directory}` });
  await run.events.find({ type: "log", service: "list", line: `y y ${project.directory}` });
  await run.events.find({ type: "up" });
  expect(await run.end("SIGINT")).toBe(0);
});

test.concurrent("env files are read afresh at every start", async () => {
  await using project = newProject(
    {
      services: {
        show: {
          command: "echo value $VALUE; sleep 1000",
          env_file: "own.env",
          restart: { delay: 0 },
          ready: { log: "value" },
        },
      },
    },
    { "own.env": "VALUE=one\n" },
  );
  await using run = startJson(project);
  await run.events.find({ type: "log", line: "value one" });
  const { pid } = await run.events.state("show", "ready");
  project.write("own.env", "VALUE=two\n");
  process.kill(pid!, "SIGKILL");
  await run.events.find({ type: "log", line: "value two" });
  expect(await run.end("SIGINT")).toBe(0);
});

describe("files", () => {
  test.concurrent("are written before the service starts and removed when it stops", async () => {
    await using project = newProject({
      services: {
        api: { command: "serve.js", port: "dynamic" },
        web: {
          command: "cat web/config.js; sleep 1000",
          depends_on: ["api"],
          files: { "web/config.js": "port ${API_PORT}\n", "kept.txt": { content: "kept", keep: true } },
        },
      },
    });
    await using run = startJson(project);
    const { ports } = await run.events.state("api", "ready");
    await run.events.find({ type: "log", line: `port ${ports?.["main"]}` });
    await run.events.find({ type: "up" });
    expect(await run.end("SIGINT")).toBe(0);
    expect(project.has("web/config.js")).toBe(false);
    expect(project.read("kept.txt")).toBe("kept");
  });

  test.concurrent("that launch did not write are not overwritten, and the service says so", async () => {
    await using project = newProject(
      { services: { web: { command: "true", files: { "mine.txt": "launch's" } } } },
      { "mine.txt": "mine" },
    );
    const { code, stdout } = await launch(project, []);
    expect(code).toBe(1);
    expect(stdout).toContain(`${project.path("mine.txt")} exists and was not written by launch`);
    expect(project.read("mine.txt")).toBe("mine");
  });

  test.concurrent("that were changed meanwhile stay", async () => {
    await using project = newProject({ services: { web: { command: "sleep 1000", files: { "made.txt": "made" } } } });
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    project.write("made.txt", "changed by hand");
    await run.end("SIGINT");
    expect(project.read("made.txt")).toBe("changed by hand");
  });
});

test.concurrent("the state directory is its owner's alone and invisible to git", async () => {
  await using project = newProject({ services: { task: { type: "task", command: "true" } } });
  await launch(project, []);
  expect(project.read(".launch/.gitignore")).toBe("*\n");
  expect(execFileSync("stat", ["-c", "%a", project.path(".launch")], { encoding: "utf8" })).toBe("700\n");
  expect(project.has(".launch/run.json")).toBe(false);
});

test.concurrent("LAUNCH_STATE_DIR moves the state elsewhere", async () => {
  await using project = newProject({ services: { task: { type: "task", command: "echo hello" } } });
  await launch(project, [], { env: { LAUNCH_STATE_DIR: project.path("elsewhere") } });
  expect(project.has(".launch")).toBe(false);
  expect(project.read("elsewhere/logs/task.log")).toBe("hello\n");
});
