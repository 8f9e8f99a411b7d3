// `launch --check-only` and what is said about a manifest that is wrong.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { launch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { freePort, startListener } from "../integration/ports/strangers.ts";

describe("--check-only", () => {
  const processes = (): readonly string[] => readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));

  test("tells programs what is wrong with a manifest, each thing with its place", async () => {
    await using project = newProject("services:\n  api: { comand: x }\n");
    const { code, stdout, stderr } = await launch(project, ["--check-only", "--json"]);
    expect([code, stderr]).toEqual([2, ""]);
    const place = { file: `${project.directory}/services.yaml`, line: 2, column: 10 };
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [{ place, message: '"comand" is no key of a service' }],
      exitCode: 2,
    });
  });

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
  ])("finds %s", async (_, services, words) => {
    await using project = newProject({ services }, { "plain.txt": "text" });
    const { code, stdout } = await launch(project, ["--check-only"]);
    expect(stdout).toContain(words);
    expect(stdout).toContain("It would not start. Nothing was started.");
    expect(code).toBe(1);
  });

  test.concurrent("finds shell strings that cannot be read, wherever they stand", async () => {
    const services = {
      a: { command: "echo it's" },
      b: { command: "true", stop: { command: "kill $(cat pid" } },
      c: { command: "true", ready: { exec: "true &&" } },
      d: { command: "true", health: { exec: "if true; then true" } },
    };
    await using project = newProject({ services });
    const { code, stdout } = await launch(project, ["--check-only"]);
    for (const words of ["a: the shell cannot read its command: ", "b: the shell cannot read its stop.command: "]) {
      expect(stdout).toContain(words);
    }
    expect(stdout).toContain("c: the shell cannot read its ready.exec: ");
    expect(stdout).toContain("d: the shell cannot read its health.exec: ");
    expect(code).toBe(1);
  });

  test.concurrent("takes no program for missing that another would replace", async () => {
    const command = "no-such-program || no-such-one; no-such-third && true & true";
    await using project = newProject({
      services: { a: { command }, b: { command: "no-such-program || exec sleep 1" } },
    });
    const { code, stdout } = await launch(project, ["--check-only"]);
    expect(stdout).not.toContain("not found");
    expect(code).toBe(0);
  });

  test("finds a port that is fixed twice, and ends as the start does", async () => {
    const port = { preferred: await freePort(), fixed: true };
    await using project = newProject({
      services: { a: { command: "serve.js", port }, b: { command: "serve.js", port } },
    });
    const { code, stdout } = await launch(project, ["--check-only"]);
    expect(stdout).toContain(`port ${port.preferred} is fixed here and in a; one of them has to give way`);
    expect(code).toBe(3);
    expect((await launch(project, ["--non-interactive"])).code).toBe(3);
  });

  test.concurrent("finds a condition that can never hold", async () => {
    await using project = newProject({
      services: { a: "sleep 1000", b: { command: "true", depends_on: { a: "completed" } } },
    });
    const { code, stderr } = await launch(project, ["--check-only"]);
    expect(stderr).toContain("a never completes: it is restarted when it ends");
    expect(code).toBe(2);
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

test.each([
  ["a check that is taken back", ["--check-only", "--no-check-only"], 0, "wrote\n"],
  ["a check that another command is asked for", ["status", "--check-only"], 2, undefined],
])("what only looks like a check is what it is: %s", async (_, args, code, written) => {
  await using project = newProject({ services: { task: { type: "task", command: "echo wrote > made" } } });
  expect((await launch(project, args)).code).toBe(code);
  expect(project.has("made") ? project.read("made") : undefined).toBe(written);
});

test("a dollar that begins no variable is told where it stands, by every command that reads the manifest", async () => {
  await using project = newProject({
    services: { a: { command: ["sh", "-c", "echo $1"] }, b: { command: "true", port: 8000 } },
  });
  for (const args of [["--check-only"], ["--non-interactive"], ["graph"], ["env", "a"]]) {
    const { code, stderr } = await launch(project, args);
    expect([args, code]).toEqual([args, 2]);
    expect(stderr).toMatch(/^services\.yaml:\d+:\d+ \$1 is no variable; write \$\$ for a dollar sign\n/);
    expect(stderr).not.toContain("    at ");
  }
});
