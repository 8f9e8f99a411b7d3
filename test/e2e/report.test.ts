// What a run tells programs: the reports and the JSON lines.

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { launch, startJson } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { startListener } from "../integration/ports/strangers.ts";

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
    expect(project.read("out.xml")).toContain('tests="3" failures="1" skipped="0"');
  });

  test.concurrent("tells what failed from what another failure kept from being up", async () => {
    await using project = newProject({
      services: {
        slow: { command: "exec sleep 1000", ready: { log: "never" } },
        db: { command: "exit 3", restart: "no", depends_on: { slow: "started" } },
        api: { command: "exec sleep 1000", depends_on: ["db"] },
        web: { command: "exec sleep 1000", depends_on: ["api"] },
      },
    });
    expect((await launch(project, ["--report", "out.json"])).code).toBe(1);
    expect((JSON.parse(project.read("out.json")) as { services: unknown }).services).toMatchObject([
      { name: "slow", ok: false, skipped: true, reason: "was stopped before it was ready: db failed" },
      { name: "db", ok: false, reason: expect.stringContaining("exit code 3") },
      { name: "api", ok: false, skipped: true, reason: "was not started: it needs db" },
      { name: "web", ok: false, skipped: true, reason: "was not started: it needs api" },
    ]);
    expect((await launch(project, ["--report", "out.xml"])).code).toBe(1);
    const xml = project.read("out.xml");
    expect(xml).toContain('tests="4" failures="1" skipped="3"');
    expect(xml).toContain('<skipped message="was not started: it needs db"/>');
  });

  test.concurrent("has the exit code of the command of launch run, and its failure to come to one", async () => {
    await using project = newProject({ services: { api: "exec sleep 1000" } });
    expect((await launch(project, ["run", "--report", "out.json", "--", "sh", "-c", "exit 7"])).code).toBe(7);
    expect(JSON.parse(project.read("out.json"))).toMatchObject({ exitCode: 7, services: [{ name: "api", ok: true }] });
    project.write("services.yaml", JSON.stringify({ services: { api: { command: "exit 3", restart: "no" } } }));
    expect((await launch(project, ["run", "--report", "out.json", "--", "true"])).code).toBe(125);
    expect(JSON.parse(project.read("out.json"))).toMatchObject({ exitCode: 125, services: [{ ok: false }] });
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
    "running",
    "hello",
    "completed",
    "end",
  ]);
  expect(said.at(-1)).toMatchObject({ type: "end", exitCode: 0, outcome: { kind: "done" } });
});
