// The commands that only print, what is selected, and the command line itself.

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lockInstance } from "../../src/effects/ports/leases.ts";
import { bin, launch, startJson } from "../helpers/launch.ts";
import { freePorts } from "../integration/ports/strangers.ts";
import { newProject } from "../helpers/project.ts";

describe("graph", () => {
  const services = {
    db: "sleep 1",
    seed: { type: "task", command: "true", depends_on: ["db"] },
    api: { command: "sleep 1", depends_on: { seed: "completed", db: { condition: "ready", required: false } } },
  };

  test.concurrent("as text", async () => {
    await using project = newProject({ services });
    const { code, stdout } = await launch(project, ["graph"]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      "first\n  db\nthen\n  seed (task) ← db ready\nthen\n  api ← seed completed, db ready (optional)\n",
    );
  });

  test.concurrent("as mermaid", async () => {
    await using project = newProject({ services });
    const { stdout } = await launch(project, ["graph", "--format", "mermaid"]);
    expect(stdout).toMatch(/^flowchart LR\n/);
    expect(stdout).toContain("s1 -->|completed| s2");
  });

  test.concurrent("as JSON", async () => {
    await using project = newProject({ services });
    for (const args of [["--format", "json"], ["--json"]]) {
      const graph = JSON.parse((await launch(project, ["graph", ...args])).stdout) as {
        services: unknown;
        needs: unknown;
      };
      expect(graph.services).toMatchObject([
        { name: "db", level: 0 },
        { name: "seed", level: 1 },
        { name: "api", level: 2 },
      ]);
      expect(graph.needs).toContainEqual({
        from: "api",
        to: "seed",
        condition: "completed",
        required: true,
        restart: false,
      });
    }
  });
});

describe("env", async () => {
  const [api, ws] = await freePorts(2);
  const services = {
    "my-api": { command: "serve.js", port: api },
    bridge: { command: "sleep 1", ports: { ws: { port: ws, protocol: "ws" } } },
  };
  const url = `http://localhost:${api}`;
  const expected = { X_MY_API_PORT: String(api), X_MY_API_URL: url, X_BRIDGE_WS_PORT: String(ws) };

  test.concurrent("for bash, which understands it", async () => {
    await using project = newProject({ env_prefix: "X_", services });
    const { stdout } = await launch(project, ["env"]);
    const script = `${stdout}\nnode -p 'JSON.stringify(process.env)'`;
    const env: unknown = JSON.parse(execFileSync("bash", ["-c", script], { encoding: "utf8", env: project.env }));
    expect(env).toMatchObject(expected);
  });

  test.concurrent("without a port that nobody knows before a run", async () => {
    const some = { command: "sleep 1", ports: { main: api, any: "dynamic" } };
    await using project = newProject({ services: { some, all: { command: "sleep 1", port: "dynamic" } } });
    const { code, stdout, stderr } = await launch(project, ["env", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      SOME_PORT: String(api),
      SOME_URL: url,
      SOME_HOST: "localhost",
      SOME_MAIN_PORT: String(api),
      SOME_MAIN_URL: url,
    });
    const why = "is left out: nobody knows its port before it runs, since the system gives it one";
    expect(stderr).toBe(`some (any) ${why}\nall ${why}\n`);
  });

  test.concurrent("for fish, dotenv and JSON", async () => {
    await using project = newProject({ env_prefix: "X_", services });
    const print = async (shell: string): Promise<string> => (await launch(project, ["env", "--shell", shell])).stdout;
    expect(await print("fish")).toContain(`set -gx X_MY_API_URL '${url}'\n`);
    expect(await print("dotenv")).toContain(`X_MY_API_URL=${url}\n`);
    expect(JSON.parse(await print("json"))).toMatchObject(expected);
  });

  test.concurrent("says the ports of the run that is going", async () => {
    await using project = newProject({ services: { api: { command: "serve.js", port: "dynamic" } } });
    await using run = startJson(project);
    const { ports } = await run.events.state("api", "ready");
    expect(JSON.parse((await launch(project, ["env", "--json"])).stdout)).toMatchObject({
      API_PORT: String(ports?.["main"]),
    });
    await run.end("SIGINT");
  });
});

describe("what is selected", () => {
  const services = {
    db: "sleep 1000",
    api: { command: "sleep 1000", depends_on: ["db"] },
    web: { command: "sleep 1000", depends_on: ["api"] },
    extra: { command: "sleep 1000", profiles: ["dev"] },
    off: { command: "sleep 1000", enabled: false },
  };

  test.concurrent.each([
    ["everything that is enabled in every profile", [], ["db", "api", "web"]],
    ["--services with what they need", ["--services", "api"], ["db", "api"]],
    ["names with what they need", ["api"], ["db", "api"]],
    ["globs", ["a*"], ["db", "api"]],
    ["--no-deps without", ["--services", "api", "--no-deps"], ["api"]],
    ["--except without one", ["--except", "web"], ["db", "api"]],
    ["--profile with its services", ["--profile", "dev"], ["db", "api", "web", "extra"]],
  ])("%s", async (_, args, names) => {
    await using project = newProject({ services });
    await using run = startJson(project, args);
    await run.events.find({ type: "up" });
    const started = new Set(run.events.all.filter(({ state }) => state === "ready").map(({ service }) => service));
    expect(started).toEqual(new Set(names));
    expect(await run.end("SIGINT")).toBe(0);
  });

  test.concurrent("LAUNCH_PROFILE as well", async () => {
    await using project = newProject({ services });
    const { stdout } = await launch(project, ["graph", "--json"], { env: { LAUNCH_PROFILE: "dev" } });
    expect(stdout).toContain('"extra"');
    const foreign = await launch(project, ["graph", "--json"], { env: { LAUNCH_PROFILE: "of-another-project" } });
    expect(foreign.code).toBe(0);
  });

  test.concurrent.each([
    ["--check-only", "dve", 'Did you mean "dev"?'],
    ["--timeout=20s", "nothing-like-it", "The profiles are dev."],
  ])("a profile that is none is told: %s", async (option, profile, remedy) => {
    await using project = newProject({ services });
    const { code, stderr } = await launch(project, [option, "--profile", profile]);
    expect(code).toBe(2);
    expect(stderr).toContain(`no service is in a profile "${profile}"`);
    expect(stderr).toContain(remedy);
  });
});

test.concurrent("schema prints the JSON schema that the package ships", async () => {
  await using project = newProject({ services: {} });
  const { code, stdout } = await launch(project, ["schema"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(
    JSON.parse(readFileSync(new URL("../../services.schema.json", import.meta.url), "utf8")),
  );
});

test.concurrent("--help names every command, every exit code and an example of each kind", async () => {
  await using project = newProject({ services: {} });
  const { code, stdout } = await launch(project, ["--help"]);
  expect(code).toBe(0);
  for (const word of [
    "up",
    "run",
    "graph",
    "env",
    "conflicts",
    "available",
    "kill",
    "schema",
    "--check-only",
    "Exit codes",
    "launch run -- npm test",
  ]) {
    expect(stdout).toContain(word);
  }
});

test.concurrent("an unknown option and an unknown command end with 2 and say what to do", async () => {
  await using project = newProject({ services: { a: "true" } });
  for (const args of [["--no-such-option"], ["nosuchcommand"], ["kill"]]) {
    const { code, stdout, stderr } = await launch(project, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).not.toMatch(/ {4}at |Error:/);
  }
});

test.concurrent.each([
  [["--", "echo", "hi"], "What follows -- is a command, and only launch run takes one: launch run -- echo hi"],
  [["--no-services"], "Unknown argument: no-services"],
  [["--json=maybe"], '--json is true or false, not "maybe".'],
  [["--timeout", "1s", "--timeout", "2s"], "--timeout is given twice."],
  [[""], "An argument is empty. Is a variable not set?"],
  [["--services="], "An argument is empty. Is a variable not set?"],
  [["kill", "", "--yes"], "An argument is empty. Is a variable not set?"],
])("what cannot be meant starts nothing and ends nothing: launch %j", async (args, words) => {
  await using project = newProject({ services: { api: "touch made" } });
  const { code, stderr } = await launch(project, args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
  expect(project.has("made")).toBe(false);
});

test.concurrent("options may stand before the command, whatever they are", async () => {
  await using project = newProject({ services: { api: "exec sleep 1000" } });
  const ran = await launch(project, [
    "--non-interactive",
    "--strict-ports",
    "run",
    "api",
    "--",
    "printf",
    "%s.",
    "a",
    "",
  ]);
  expect(ran).toMatchObject({ code: 0, stdout: "a.." });
  expect((await launch(project, ["-C", project.directory, "run", "--bogus", "--", "true"])).code).toBe(125);
});

test.concurrent("a manifest that comes through a descriptor stands where launch is called", async () => {
  await using project = newProject("services:\n  api: { type: task, command: touch made }\n");
  const line = `'${process.execPath}' '${bin}' --non-interactive -f <(cat services.yaml)`;
  const { status } = spawnSync("bash", ["-c", line], { cwd: project.directory, env: project.env });
  expect(status).toBe(0);
  expect(project.has("made")).toBe(true);
  expect(project.has(".launch/logs/api.log")).toBe(true);
});

test.concurrent("a state directory in which nothing can be made is told at once", async () => {
  await using project = newProject({ services: { api: "exec sleep 1000" } });
  const { code, stderr } = await launch(project, [], { env: { LAUNCH_STATE_DIR: "/proc/nope/here" } });
  expect(code).toBe(2);
  expect(stderr).toContain("/proc/nope/here cannot be used for logs and state");
});

test.concurrent("an option of other commands is told whose it is", async () => {
  await using project = newProject({ services: {} });
  expect(await launch(project, ["status", "--strict-ports"])).toMatchObject({
    code: 2,
    stderr: "Unknown argument: strict-ports\n--strict-ports is for launch up, run. See launch --help.\n",
  });
});

test.concurrent("--version prints the version alone", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(execFileSync(process.execPath, [bin, "--version"], { encoding: "utf8" })).toBe(`${version}\n`);
});

test.concurrent("--version says why it could not be printed", () => {
  const script = 'exec "$0" "$1" --version >/dev/full';
  const { status, stderr } = spawnSync("/bin/sh", ["-c", script, process.execPath, bin], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 1, stderr: "launch: ENOSPC: no space left on device, write\n" });
});

test("ports are forgotten, and not while a run is only just beginning, whose state it would be", async () => {
  await using project = newProject({ services: { api: { command: "serve.js", port: "auto" } } });
  await using run = startJson(project);
  await run.events.find({ type: "up" });
  expect((await launch(project, ["ports", "--forget"])).stderr).toContain("The services run right now");
  expect(await run.end("SIGTERM")).toBe(0);
  const kept = project.read(".launch/state.json");
  {
    using _lock = await lockInstance(project.path(".launch"));
    const { code, stderr } = await launch(project, ["ports", "--forget"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("A run is just beginning or ending here")]);
    expect(project.read(".launch/state.json")).toBe(kept);
  }
  const { code, stdout } = await launch(project, ["ports", "--forget"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("forgot the ports of 1 service")]);
  expect((await launch(project, ["ports", "--json"])).stdout).not.toContain("remembered");
});
