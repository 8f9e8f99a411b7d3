// Words on the command line that are names: of services, of instances, of commands.

import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { launch, startJson } from "../helpers/launch.ts";
import { until } from "../helpers/wait.ts";
import { newProject } from "../helpers/project.ts";

describe("a service whose name is a number", () => {
  const services = { 0: { command: "echo zero; exec sleep 1000" }, "007": { command: "exec sleep 1000" } };

  test.concurrent.each([["--check-only"], ["graph"], ["env"], ["conflicts"]])("can be named: %s", async (word) => {
    await using project = newProject({ services });
    const args = word.startsWith("-") ? ["0", "007", word] : [word, "0", "007"];
    expect(await launch(project, args)).toMatchObject({ code: 0, stderr: "" });
  });

  test.concurrent("can be started, stopped, looked at and read", async () => {
    await using project = newProject({ services });
    await using run = startJson(project, ["0", "007"]);
    await run.events.find({ type: "up" });
    expect((await launch(project, ["stop", "007"])).stdout).toContain("007 ");
    expect((await launch(project, ["logs", "0"])).stdout).toContain("zero");
    expect((await launch(project, ["status", "0"])).code).toBe(0);
    await run.end("SIGINT");
  });

  test.concurrent("leaves the numbers of ports, and of the command of run, as they were typed", async () => {
    await using project = newProject({ services });
    expect((await launch(project, ["available", "45000"])).stdout).toMatch(/^45\d\d\d\n$/);
    expect((await launch(project, ["kill", "1", "--yes"])).code).toBe(0);
    expect((await launch(project, ["run", "0", "--", "echo", "007", "1e3"])).stdout).toBe("007 1e3\n");
  });
});

describe("--instance", () => {
  const services = { api: { command: "exec sleep 1000" } };

  test.concurrent.each(["../../away", "a/b", ".", "", "Second", "logs", "ends", "notify"])(
    "refuses %o, and creates nothing",
    async (name) => {
      await using project = newProject({ services });
      project.write("inner/services.yaml", project.read("services.yaml"));
      const before = project.listing();
      for (const args of [["--non-interactive"], ["-d"], ["status"], ["logs"], ["ports", "--forget"]]) {
        const { code, stderr } = await launch(project, [...args, `--instance=${name}`], {
          cwd: project.path("inner"),
        });
        expect({ args, code }).toEqual({ args, code: 2 });
        expect(stderr).toContain("--instance");
      }
      expect(project.listing()).toBe(before);
    },
  );

  test.concurrent("takes any other name", async () => {
    await using project = newProject({ services });
    await using run = startJson(project, ["--instance", "second_2-b"]);
    await run.events.find({ type: "up" });
    expect(project.has(".launch/second_2-b/run.json")).toBe(true);
    expect((await launch(project, ["status", "--instance", "second_2-b"])).code).toBe(0);
    await run.end("SIGINT");
  });
});

describe("a mistyped command", () => {
  const services = { api: { command: "exec sleep 1000" } };

  test.concurrent.each([[[]], [["--check-only"]], [["-d"]]])("is told from a service, with %o", async (more) => {
    await using project = newProject({ services });
    const { code, stderr } = await launch(project, ["stpo", "api", ...more]);
    expect(code).toBe(2);
    expect(stderr).toContain('no service is called "stpo"');
    expect(stderr).toContain("Or did you mean the command: launch stop\n");
  });

  test.concurrent("is told from a service of a run that is going", async () => {
    await using project = newProject({ services });
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    expect((await launch(project, ["-d", "lgos"])).stderr).toContain("Or did you mean the command: launch logs\n");
    await until("the engine that was not needed to be gone", () =>
      project.processes().every(({ command }) => !command.includes("--engine")),
    );
    await run.end("SIGINT");
  });

  test.concurrent("is not looked for where there is a command, or nothing is near", async () => {
    await using project = newProject({ services });
    for (const args of [["graph", "stpo"], ["up", "stpo"], ["worker"], ["--services", "stpo"]]) {
      const { code, stderr } = await launch(project, args);
      expect({ code, hint: stderr.includes("the command") }).toEqual({ code: 2, hint: false });
    }
  });
});

describe("a word of another tool", () => {
  const services = { api: { command: "exec sleep 1000" }, list: { command: "exec sleep 1000" } };

  test.concurrent.each([
    ["ps", "launch status"],
    ["ps -a", "launch status"],
    ["top", "launch attach"],
    ["check", "launch --check-only"],
    ["config --json", "launch --check-only"],
    ["exec api -- ls", "launch run -- COMMAND"],
    ["log", "launch logs"],
    ["-v", "-V prints the version"],
    ["logs --tail 5", "launch logs -n 5"],
    ["up --dry-run", "--check-only"],
  ])("is answered with what to use instead: launch %s", async (line, hint) => {
    await using project = newProject({ services });
    const { code, stderr } = await launch(project, line.split(" "));
    expect({ code, hint: stderr.includes(hint) }).toEqual({ code: 2, hint: true });
  });

  test.concurrent("is answered where there is no manifest", async () => {
    await using project = newProject({ services });
    rmSync(project.path("services.yaml"));
    const { code, stderr } = await launch(project, ["init"]);
    expect(code).toBe(2);
    expect(stderr).toContain("A services.yaml to start from");
    expect(stderr).toContain("init is no command of launch");
  });

  test.concurrent("is a service where one is called so", async () => {
    await using project = newProject({ services });
    expect(await launch(project, ["list", "--check-only"])).toMatchObject({ code: 0, stderr: "" });
  });
});
