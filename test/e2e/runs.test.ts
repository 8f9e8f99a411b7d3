// Several runs: beside each other, after each other, and after one that was killed.

import { rmSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { launch, startJson, startLaunch } from "../helpers/launch.ts";
import { isAlive, peakMegabytes } from "../helpers/processes.ts";
import { newProject } from "../helpers/project.ts";
import { freePort, freePorts, startListener } from "../integration/ports/strangers.ts";

test("two runs of one manifest that start together in two directories get distinct ports, fifty times", async () => {
  const [from] = await freePorts(8);
  // Both services take a port of the pool, of which there are enough for both runs.
  const services = {
    a: { command: "sleep 1000", port: "auto", ready: "none" },
    b: { command: "sleep 1000", port: from!, ready: "none" },
  };
  const manifest = { name: "twin", port_pool: { range: `${from}-${from! + 7}` }, services };
  await using left = newProject(manifest);
  await using right = newProject(manifest);
  for (let round = 0; round < 50; round++) {
    await using one = startJson(left);
    await using other = startJson(right);
    const ports = (
      await Promise.all(
        [one, other].map(async (run) => {
          await run.events.find({ type: "up" });
          return [await run.events.state("a", "ready"), await run.events.state("b", "ready")].map(
            (said) => said.ports?.["main"],
          );
        }),
      )
    ).flat();
    expect(new Set(ports).size).toBe(4);
    expect(await Promise.all([one.end("SIGINT"), other.end("SIGINT")])).toEqual([0, 0]);
  }
}, 120_000);

test("a second run in the same directory is refused with the pid of the first, and nothing is started or changed", async () => {
  await using project = newProject({ services: { api: "echo started >> starts; sleep 1000" } });
  await using first = startJson(project);
  await first.events.find({ type: "up" });
  const second = await launch(project, ["--non-interactive"]);
  expect(second.code).not.toBe(0);
  expect(second.stderr + second.stdout).toContain(`(pid ${first.pid})`);
  expect(second.stderr + second.stdout).toContain("--instance");
  expect(project.read("starts")).toBe("started\n");
  expect(await first.end("SIGINT")).toBe(0);
});

test("--instance gives a second run of the same directory its own state and ports", async () => {
  await using project = newProject({
    services: { api: { command: 'echo "I am $LAUNCH_INSTANCE"; exec serve.js', port: "auto" } },
  });
  await using first = startJson(project);
  const one = await first.events.state("api", "ready");
  await using second = startJson(project, ["--instance", "blue"]);
  const two = await second.events.state("api", "ready");
  expect(two.ports).not.toEqual(one.ports);
  await second.events.find({ type: "log", line: "I am blue" });
  expect(await second.end("SIGINT")).toBe(0);
  expect(isAlive(one.pid!)).toBe(true);
  expect(await first.end("SIGINT")).toBe(0);
  expect(project.read(".launch/blue/logs/api.log")).toContain("I am blue");
});

describe("the next run", () => {
  test("has the ports of the pool that this one had", async () => {
    await using project = newProject({
      services: { a: { command: "serve.js", port: "auto" }, b: { command: "serve.js", port: "dynamic" } },
    });
    const ports = async (): Promise<unknown> => {
      await using run = startJson(project);
      await run.events.find({ type: "up" });
      const states = [await run.events.state("a", "ready"), await run.events.state("b", "ready")];
      expect(await run.end("SIGINT")).toBe(0);
      return states.map((said) => said.ports);
    };
    expect(await ports()).toEqual(await ports());
  });

  test("ends and replaces what a killed run has left on its port, though nothing was written down of it", async () => {
    const port = await freePort();
    await using project = newProject({ services: { api: { command: "serve.js", port } } });
    await using killed = startJson(project);
    const left = await killed.events.state("api", "ready");
    // Before either of them can do anything about the other.
    const guard = project.processes().find(({ command }) => command.includes("launch-guard"))!.pid;
    killed.signal("SIGSTOP");
    process.kill(guard, "SIGKILL");
    await killed.end("SIGKILL");
    for (const file of ["state.json", "state.json.old"]) rmSync(project.path(".launch", file), { force: true });
    expect(isAlive(left.pid!)).toBe(true);
    await using run = startJson(project);
    const own = await run.events.state("api", "ready");
    expect(own.ports).toEqual({ main: port });
    expect(isAlive(left.pid!)).toBe(false);
    expect(await run.events.find({ type: "decided" })).toMatchObject({
      choice: "kill",
      because: "left by an earlier run of this project that is dead",
    });
    expect(await run.end("SIGINT")).toBe(0);
  });

  test("starts though the killed one's lock and files are still there", async () => {
    await using project = newProject({ services: { a: { command: "sleep 1000", files: { "made.txt": "${NOW}" } } } });
    await using killed = startJson(project);
    await killed.events.find({ type: "up" });
    await killed.end("SIGKILL");
    await project.clear();
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    expect(await run.end("SIGINT")).toBe(0);
    expect(project.has("made.txt")).toBe(false);
  });
});

test.each([
  ["no JSON", "{"],
  ["empty", ""],
  ["of another version", '{"version":99,"ports":{"api":{"main":1}}}'],
  ["without sense", '{"version":1,"ports":{"api":{"main":"x"},"gone":7},"files":{"a":1}}'],
  ["of other shapes", '{"version":1,"ports":[1,2],"files":null}'],
])("kept state that is %s is as good as none", async (_, state) => {
  await using project = newProject(
    { services: { api: { command: "serve.js", port: "auto" } } },
    { ".launch/state.json": state },
  );
  await using run = startJson(project);
  await run.events.state("api", "ready");
  expect(await run.end("SIGINT")).toBe(0);
});

test("another project's service moves ours to a port of its own, which is kept while it is there", async () => {
  const port = await freePort();
  await using one = newProject({ name: "one", services: { api: { command: "serve.js", port } } });
  await using other = newProject({ name: "other", services: { api: { command: "serve.js", port } } });
  await using first = startJson(one);
  await first.events.state("api", "ready");
  await using second = startJson(other);
  const moved = await second.events.find({ type: "moved" });
  expect(moved["reason"]).toContain("api of one");
  const ready = await second.events.state("api", "ready");
  expect(await second.end("SIGINT")).toBe(0);
  expect(await first.end("SIGINT")).toBe(0);
  // Kept although the port is free now, because it was another project's.
  await using again = startJson(other);
  expect((await again.events.state("api", "ready")).ports).toEqual(ready.ports);
  expect(await again.end("SIGINT")).toBe(0);
});

test("another preferred port in the manifest is taken at the next run", async () => {
  const [before, after] = [await freePort(), await freePort()];
  await using project = newProject({ services: { api: { command: "serve.js", port: before } } });
  await using first = startJson(project);
  expect((await first.events.state("api", "ready")).ports).toEqual({ main: before });
  expect(await first.end("SIGINT")).toBe(0);
  project.write("services.yaml", `services: { api: { command: serve.js, port: ${after} } }`);
  await using second = startJson(project);
  expect((await second.events.state("api", "ready")).ports).toEqual({ main: after });
  expect(await second.end("SIGINT")).toBe(0);
});

describe("the port commands", () => {
  test.concurrent("available prints a free port", async () => {
    await using project = newProject({ services: {} });
    await using stranger = await startListener("127.0.0.1", await freePort());
    const { code, stdout } = await launch(project, ["available", String(stranger.port)]);
    expect(code).toBe(0);
    expect(Number(stdout)).toBeGreaterThan(stranger.port);
    expect((await launch(project, ["available", String(stranger.port), "--strict"])).code).toBe(1);
    expect(JSON.parse((await launch(project, ["available", "--json"])).stdout)).toMatchObject({
      port: expect.any(Number),
    });
  });

  test.concurrent("conflicts names holders and ends with 3, or with 0 when there are none", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using project = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
    const { code, stdout } = await launch(project, ["conflicts"]);
    expect(code).toBe(3);
    expect(stdout).toContain(`pid ${stranger.pid}`);
    const json = JSON.parse((await launch(project, ["conflicts", "--json"])).stdout) as { conflicts: unknown[] };
    expect(json.conflicts).toMatchObject([
      { service: "api", port: stranger.port, holder: { holder: { pid: stranger.pid } } },
    ]);
    await stranger.end();
    expect((await launch(project, ["conflicts"])).code).toBe(0);
  });

  test.concurrent("conflicts does not take the project's own running services for strangers", async () => {
    await using project = newProject({ services: { api: { command: "serve.js", port: await freePort() } } });
    await using run = startJson(project);
    await run.events.find({ type: "up" });
    expect((await launch(project, ["conflicts"])).code).toBe(0);
    expect(await run.end("SIGINT")).toBe(0);
  });

  test.concurrent("kill :PORT ends the holder with --yes, and nobody without it where nobody can be asked", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using project = newProject({ services: {} });
    const refused = await launch(project, ["kill", `:${stranger.port}`]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--yes");
    expect(refused.stderr).toContain(`pid ${stranger.pid}`);
    expect(isAlive(stranger.pid)).toBe(true);
    const killed = await launch(project, ["kill", `:${stranger.port}`, "--yes"]);
    expect(killed.code).toBe(0);
    expect(isAlive(stranger.pid)).toBe(false);
    expect((await launch(project, ["kill", `:${stranger.port}`, "--yes"])).code).toBe(0);
  });

  test.concurrent("kill SERVICE ends whoever has the service's port", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using project = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
    expect((await launch(project, ["kill", "api", "--yes"])).code).toBe(0);
    expect(isAlive(stranger.pid)).toBe(false);
  });

  test.concurrent("kill refuses what is no port", async () => {
    await using project = newProject({ services: {} });
    expect((await launch(project, ["kill", ":70000", "--yes"])).code).toBe(2);
    expect((await launch(project, ["available", "x"])).code).toBe(2);
  });
});

describe("output", () => {
  test("a gigabyte without a line break is followed in little memory, and supervision goes on", async () => {
    await using project = newProject({
      services: { flood: { command: "flood.js 1024", ready: { log: "flooded" }, restart: "no" } },
    });
    await using run = startLaunch(project, ["--non-interactive", "--quiet", "--json"]);
    await run.events.state("flood", "ready");
    expect(peakMegabytes(run.pid)).toBeLessThan(200);
    expect(await run.end("SIGINT")).toBe(0);
    expect(statSync(project.path(".launch/logs/flood.log")).size).toBe(2 ** 30 + "\nflooded\n".length);
  });

  test("every line is shown, in order, with the service's name", async () => {
    await using project = newProject({ services: { count: { type: "task", command: "seq 20000" } } });
    const { code, stdout } = await launch(project, ["--non-interactive"]);
    expect(code).toBe(0);
    const lines = stdout
      .split("\n")
      .filter((line) => line.startsWith("count | "))
      .map((line) => Number(line.slice(8)));
    expect(lines).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(project.read(".launch/logs/count.log")).toHaveLength(108_894);
  });

  test("control sequences of a service do nothing to the terminal", async () => {
    await using project = newProject({
      services: {
        rude: { type: "task", command: String.raw`printf 'a\033[2Jb\033]0;title\007c\033[31md\r\nbell\007\n'` },
      },
    });
    const { stdout } = await launch(project, ["--non-interactive", "--color"]);
    expect(stdout).not.toMatch(/\u001b\[2J|\u001b\]|\u0007/);
    expect(stdout).toContain("\u001b[31md");
  });
});
