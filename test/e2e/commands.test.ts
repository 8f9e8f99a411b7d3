// The commands beside `up`, the reports, and what is said about a manifest that is wrong.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bin, launch, startJson, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { ctrlC, startTerminal } from "../helpers/terminal.ts";
import { until } from "../helpers/wait.ts";
import { freePort, startListener } from "../integration/ports/strangers.ts";

describe("launch run", () => {
  const services = { api: { command: "echo noise; exec serve.js", port: "dynamic" } };

  test.concurrent("runs the command when all is ready, with the exported names, and stdout is the command's alone", async () => {
    await using project = newProject({ name: "shop", services });
    const ask =
      'process.stdout.write(await (await fetch(process.env.API_URL)).text() + " " + process.env.LAUNCH_PROJECT)';
    const { code, stdout } = await launch(project, ["run", "--", "node", "--input-type=module", "-e", ask]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "hello from api shop" });
  });

  test.concurrent.each([
    ["its own code", ["sh", "-c", "exit 7"], 7],
    ["128 and the signal's number", ["sh", "-c", "kill -TERM $$"], 143],
    ["127 when it is not there", ["no-such-program-anywhere"], 127],
    ["126 when it may not be run", ["./plain.txt"], 126],
  ])("ends with the command's code: %s", async (_, command, code) => {
    await using project = newProject({ services }, { "plain.txt": "text" });
    expect((await launch(project, ["run", "--", ...command])).code).toBe(code);
  });

  test.concurrent("ends with 125 and the last lines of what failed when not everything gets ready", async () => {
    await using project = newProject({ services: { ...services, bad: { command: "echo why it failed; exit 3" } } });
    const { code, stdout, stderr } = await launch(project, ["run", "--", "touch", "ran"]);
    expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
    expect(stderr).toContain("why it failed");
    expect(stderr).toContain("bad failed: ended with exit code 3");
    expect(project.has("ran")).toBe(false);
  });

  test.concurrent("ends with 125 when the manifest is wrong, when nothing is ready in time and when the project already runs", async () => {
    await using wrong = newProject("services: [");
    expect((await launch(wrong, ["run", "--", "true"])).code).toBe(125);
    await using slow = newProject({ services: { slow: { command: "sleep 1000", ready: { log: "never" } } } });
    expect((await launch(slow, ["run", "--timeout", "200ms", "--", "true"])).code).toBe(125);
    await using project = newProject({ services });
    await using first = startJson(project);
    await first.events.find({ type: "up" });
    expect((await launch(project, ["run", "--", "true"])).code).toBe(125);
    await first.end("SIGINT");
  });

  test.concurrent("runs only once tasks are completed, and does not restart what ends", async () => {
    await using project = newProject({
      services: {
        seed: { type: "task", command: "echo seeded > data" },
        brief: { command: "echo x >> brief; exit 1", restart: "always", depends_on: ["seed"] },
      },
    });
    expect((await launch(project, ["run", "seed", "--", "cat", "data"])).stdout).toBe("seeded\n");
    expect((await launch(project, ["run", "--", "true"])).code).toBe(125);
    expect(project.read("brief")).toBe("x\n");
  });

  test.concurrent("needs a command", async () => {
    await using project = newProject({ services });
    const { stderr } = await launch(project, ["run"]);
    expect(stderr).toContain("launch run [services..] -- CMD");
  });

  test.concurrent("passes Ctrl-C in a terminal to the command, and stops everything after it", async () => {
    await using project = newProject({ services });
    const script = "trap 'echo got INT; exit 9' INT; echo running; while :; do sleep 0.02; done";
    await using terminal = startTerminal(project, ["run", "--", "sh", "-c", script]);
    await terminal.sees("running");
    terminal.type(ctrlC);
    await terminal.sees("got INT");
    expect(await terminal.ended).toBe(9);
  });

  test.concurrent.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("passes %s that launch alone got on to the command and what it has started", async (signal, code) => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "sh", "-c", "echo running; sleep 1000; true"]);
    await until("the command", () => run.stdout().includes("running"));
    expect(await run.end(signal)).toBe(code);
  });

  test.concurrent("the third signal ends a command that does not listen", async () => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "deaf.js"]);
    await until("the command", () => run.stdout().includes("deaf"));
    run.signal("SIGTERM");
    await until("the first signal", () => run.stdout().includes("ignores SIGTERM"));
    run.signal("SIGHUP");
    await until("the second signal", () => run.stdout().includes("ignores SIGHUP"));
    expect(await run.end("SIGINT")).toBe(137);
  });
});

describe("--report", () => {
  const services = {
    api: { command: "serve.js", port: "dynamic" },
    shaky: { command: "crash.js 1", restart: { delay: 0 }, ready: { log: "lives" } },
    last: { type: "task", command: String.raw`printf 'a\033[31mb\001c]]>&<\n'; exit 5`, depends_on: ["api", "shaky"] },
  };

  test.concurrent("writes JSON with times, restarts, ends, reasons and last lines of every service", async () => {
    await using project = newProject({ services });
    expect((await launch(project, ["--report", "out.json"])).code).toBe(1);
    const report = JSON.parse(project.read("out.json")) as { services: unknown };
    expect(report).toMatchObject({
      exitCode: 1,
      outcome: { kind: "failed", service: "last" },
      services: [
        { name: "api", ok: true, restarts: 0, timeToReady: expect.any(Number), ports: { main: expect.any(Number) } },
        {
          name: "shaky",
          ok: true,
          restarts: 1,
          runs: [
            { run: 1, end: "exit code 3" },
            { run: 2, readyAt: expect.any(Number) },
          ],
        },
        { name: "last", ok: false, reason: "ended with exit code 5", lastLines: [expect.stringContaining("]]>&<")] },
      ],
    });
  });

  test.concurrent("writes JUnit that an XML parser takes, whatever a service has printed", async () => {
    await using project = newProject({ services });
    expect((await launch(project, ["--report", "out.xml"])).code).toBe(1);
    const script = `
import sys, json, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(json.dumps([[case.get("name"), [part.tag for part in case]] for case in root.iter("testcase")]))`;
    const cases: unknown = JSON.parse(
      execFileSync("python3", ["-c", script, project.path("out.xml")], { encoding: "utf8" }),
    );
    expect(cases).toEqual([
      ["api", ["system-out"]],
      ["shaky", ["system-out"]],
      ["last", ["failure", "system-out"]],
    ]);
    expect(project.read("out.xml")).toContain('tests="3" failures="1"');
  });

  test.concurrent("is written as well when a conflict or Ctrl-C ends the run", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using contested = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
    await launch(contested, ["--report", "out.json"]);
    expect(JSON.parse(contested.read("out.json"))).toMatchObject({
      exitCode: 3,
      services: [{ name: "api", ok: false }],
    });
    await using project = newProject({ services: { api: { command: "sleep 1000", ready: { log: "never" } } } });
    await using run = startJson(project, ["--report", "out.json"]);
    await run.events.state("api", "started");
    await run.end("SIGINT");
    expect(JSON.parse(project.read("out.json"))).toMatchObject({ exitCode: 130, services: [{ ok: false }] });
  });
});

test("--json says every change of state and every line as one object a line, and the end", async () => {
  await using project = newProject({ services: { task: { type: "task", command: "echo hello" } } });
  const { stdout } = await launch(project, ["--json"]);
  const said = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(said.map(({ type, state, line }) => state ?? line ?? type)).toEqual([
    "starting",
    "started",
    "hello",
    "exited",
    "end",
  ]);
  expect(said.at(-1)).toMatchObject({ type: "end", exitCode: 0, outcome: { kind: "done" } });
});

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

describe("env", () => {
  const services = {
    "my-api": { command: "serve.js", port: 8123 },
    bridge: { command: "sleep 1", ports: { ws: { port: 8124, protocol: "ws" } } },
  };
  const expected = { X_MY_API_PORT: "8123", X_MY_API_URL: "http://localhost:8123", X_BRIDGE_WS_PORT: "8124" };

  test.concurrent("for bash, which understands it", async () => {
    await using project = newProject({ env_prefix: "X_", services });
    const { stdout } = await launch(project, ["env"]);
    const script = `${stdout}\nnode -p 'JSON.stringify(process.env)'`;
    const env: unknown = JSON.parse(execFileSync("bash", ["-c", script], { encoding: "utf8", env: project.env }));
    expect(env).toMatchObject(expected);
  });

  test.concurrent("for fish, dotenv and JSON", async () => {
    await using project = newProject({ env_prefix: "X_", services });
    const print = async (shell: string): Promise<string> => (await launch(project, ["env", "--shell", shell])).stdout;
    expect(await print("fish")).toContain("set -gx X_MY_API_URL 'http://localhost:8123'\n");
    expect(await print("dotenv")).toContain("X_MY_API_URL=http://localhost:8123\n");
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

describe("--check-only", () => {
  const processes = (): readonly string[] => readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));

  test("starts, ends and writes nothing", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using project = newProject(
      {
        services: {
          api: {
            command: "serve.js",
            port: { preferred: stranger.port, range: `${stranger.port}-${stranger.port + 5}` },
            files: { "made.js": "${NOW}" },
          },
          task: { type: "task", command: "touch ran", env_file: ".env.task", depends_on: ["api"] },
        },
      },
      { ".env.task": "A=1\n" },
    );
    const before = project.listing();
    const processesBefore = new Set(processes());
    const { code, stdout } = await launch(project, ["--check-only"]);
    expect(code).toBe(0);
    expect(stdout).toContain("It would start. Nothing was started.");
    expect(stdout).toContain(`pid ${stranger.pid}`);
    expect(project.listing()).toBe(before);
    const started = processes().filter((pid) => !processesBefore.has(pid));
    const ours = started.filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(project.directory);
      } catch {
        return false;
      }
    });
    expect(ours).toEqual([]);
    expect(processes()).toContain(String(stranger.pid));
  });

  test.concurrent.each([
    [
      "a command that does not exist",
      { a: { command: ["no-such-program", "--flag"] } },
      "command not found: no-such-program",
    ],
    ["a shell command that does not exist", { a: "no-such-program --flag" }, "command not found: no-such-program"],
    ["a program that may not be run", { a: { command: ["./plain.txt"] } }, "not executable: ./plain.txt"],
    ["a missing directory", { a: { command: "true", working_dir: "nowhere" } }, "no such directory"],
    [
      "a missing command of a probe",
      { a: { command: "true", ready: { exec: ["no-such-probe"] } } },
      "command not found: no-such-probe",
    ],
    [
      "a port that is fixed twice",
      {
        a: { command: "true", port: { preferred: 8123, fixed: true } },
        b: { command: "true", port: { preferred: 8123, fixed: true } },
      },
      "port 8123 is fixed here and in a",
    ],
  ])("finds %s", async (_, services, words) => {
    await using project = newProject({ services }, { "plain.txt": "text" });
    const { code, stdout } = await launch(project, ["--check-only"]);
    expect(stdout).toContain(words);
    expect(stdout).toContain("It would not start. Nothing was started.");
    expect(code).toBe(1);
  });

  test.concurrent("finds a condition that can never hold", async () => {
    await using project = newProject({
      services: { a: "sleep 1000", b: { command: "true", depends_on: { a: "completed" } } },
    });
    const { code, stdout, stderr } = await launch(project, ["--check-only"]);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/completed/);
  });

  test.concurrent("finds a conflict that nobody would settle, and ends with 3", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using project = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
    const { code, stdout } = await launch(project, ["--check-only"]);
    expect(code).toBe(3);
    expect(stdout).toContain(`pid ${stranger.pid}`);
    expect((await launch(project, ["--check-only", "--on-conflict", "next"])).code).toBe(0);
    const json = JSON.parse((await launch(project, ["--check-only", "--json"])).stdout) as unknown;
    expect(json).toMatchObject({
      exitCode: 3,
      order: ["api"],
      conflicts: [{ port: stranger.port, decision: { choice: "fail" } }],
    });
  });
});

describe("what is wrong with a manifest is told with its place, all at once, and ends with 2", () => {
  test.concurrent("unknown keys, unknown services and bad values", async () => {
    await using project = newProject(
      [
        "services:",
        "  api:",
        "    comand: npm start",
        "  web:",
        "    command: npm start",
        "    depends_on: [apy]",
        "    port: 70000",
        "",
      ].join("\n"),
    );
    const { code, stdout, stderr } = await launch(project, []);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('services.yaml:3:5 "comand" is no key of a service\n');
    expect(stderr).toContain("      comand: npm start\n      ^");
    expect(stderr).toContain('Did you mean "command"?');
    expect(stderr).toMatch(/services\.yaml:6:18 .*"apy"/);
    expect(stderr).toMatch(/services\.yaml:7:11 /);
    expect(project.has(".launch")).toBe(false);
  });

  test.concurrent("a cycle is named as a path", async () => {
    await using project = newProject({
      services: {
        a: { command: "true", depends_on: ["b"] },
        b: { command: "true", depends_on: ["c"] },
        c: { command: "true", depends_on: ["a"] },
      },
    });
    const { code, stderr } = await launch(project, []);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a → b → c → a|b → c → a → b|c → a → b → c/);
  });

  test.concurrent("no manifest anywhere", async () => {
    await using project = newProject({ services: {} });
    const { code, stderr } = await launch(project, ["-C", "/"], {});
    expect(code).toBe(2);
    expect(stderr).toContain("services.yaml");
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

test.concurrent("--version prints the version alone", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(execFileSync(process.execPath, [bin, "--version"], { encoding: "utf8" })).toBe(`${version}\n`);
});

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
