// What launch was given at its start: by what it is found although Node changes it for itself, and that services have it as well.

import { execFileSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bin, launch, startJson, startLaunch } from "../helpers/launch.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { anotherRequest, until } from "../helpers/wait.ts";

/** Says this of itself in every way in which services are begun: by the fork server, by Node, in a terminal; and with its exit code kept. */
function servicesThatSay(words: string): Record<string, unknown> {
  const say = (name: string): string => `${words} > said-${name}; echo up`;
  return {
    forked: { command: `${say("forked")}; exec sleep 1000`, ready: { log: "up" } },
    spawned: { command: `${say("spawned")}; echo READY=1 >&"$NOTIFY_FD"; exec sleep 1000`, ready: "notify" },
    terminal: { command: `${say("terminal")}; exec sleep 1000`, ready: { log: "up" }, tty: true },
    probed: { command: "exec sleep 1000", ready: { exec: `${words} > said-probed` } },
    stopped: { command: "exec sleep 1000", stop: { command: `${words} > said-stopped; kill $(cat pid)` } },
  };
}
const begun = ["forked", "spawned", "terminal", "probed"];

describe("a SIGHUP that is ignored at the start stays ignored", () => {
  const isIgnored = (project: TestProject, name: string): boolean =>
    (Number(`0x${project.read(`said-${name}`).trim().split("\t")[1]}`) & 1) === 1;
  /** Started in this way by a shell, which writes down its number. */
  const by = (shell: string, words: string): readonly string[] => [
    shell,
    "-c",
    `${words} "$@" & echo $! > launch-pid; wait $!`,
    shell,
    process.execPath,
  ];
  const ways = [
    ["nohup", by("bash", "nohup")],
    ["a shell that ignores it", by("sh", "trap '' HUP;")],
  ] as const;
  const launchPid = async (project: TestProject): Promise<number> => {
    await until("launch", () => project.has("launch-pid") && project.read("launch-pid").endsWith("\n"));
    return Number(project.read("launch-pid"));
  };

  test.concurrent.each(ways)("by %s, and services inherit that", async (_, program) => {
    await using project = newProject({ services: servicesThatSay("grep SigIgn /proc/self/status") });
    await using run = startJson(project, [], { program });
    await run.events.find({ type: "up" });
    const pid = await launchPid(project);
    process.kill(pid, "SIGHUP");
    // What would have come of it would have come by then.
    await anotherRequest();
    expect(begun.filter((name) => !isIgnored(project, name))).toEqual([]);
    project.write("pid", String((await run.events.state("stopped", "ready"))["pid"]));
    process.kill(pid, "SIGTERM");
    await run.ended;
    expect(isIgnored(project, "stopped")).toBe(true);
    expect(run.events.all.at(-1)).toMatchObject({ outcome: { by: "SIGTERM" } });
  });

  test.concurrent.each(ways)("by %s, also of an engine in the background and of the next one", async (_, program) => {
    await using project = newProject({ services: servicesThatSay("grep SigIgn /proc/self/status") });
    expect(await launch(project, ["-d", "--wait"], { program })).toMatchObject({ code: 0 });
    const engine = (): number => (JSON.parse(project.read(".launch/run.json")) as { readonly pid: number }).pid;
    const first = engine();
    process.kill(first, "SIGHUP");
    expect(await launch(project, ["restart", "spawned"])).toMatchObject({ code: 0 });
    expect(begun.filter((name) => !isIgnored(project, name))).toEqual([]);
    process.kill(first, "SIGKILL");
    await until("the next engine", () => project.has(".launch/run.json") && engine() !== first);
    process.kill(engine(), "SIGHUP");
    expect(await launch(project, ["restart", "forked"])).toMatchObject({ code: 0 });
    expect(isIgnored(project, "forked")).toBe(true);
    project.write("pid", "");
    expect((await launch(project, ["down"])).code).toBe(0);
  });

  test.concurrent.each(ways)("by %s, of launch run and of its command", async (_, program) => {
    await using project = newProject({ services: { any: "exec sleep 1000" } });
    const command = "grep SigIgn /proc/self/status > said-command; until test -e go; do sleep 0.02; done; exit 7";
    await using run = startLaunch(project, ["run", "--", "sh", "-c", command], { program });
    await until("the command", () => project.has("said-command"));
    process.kill(await launchPid(project), "SIGHUP");
    await anotherRequest();
    project.write("go", "");
    expect(await run.ended).toBe(7);
    expect(isIgnored(project, "command")).toBe(true);
  });

  test.concurrent("one that is not ignored is not ignored by services either", async () => {
    await using project = newProject({
      services: { task: { type: "task", command: "grep SigIgn /proc/self/status > said-task" } },
    });
    expect(
      await launch(project, ["--non-interactive"], { program: ["sh", "-c", '"$@"; exit $?', "sh", process.execPath] }),
    ).toMatchObject({ code: 0 });
    expect(isIgnored(project, "task")).toBe(false);
  });
});

describe("services may have as many files open as what is started from the same shell", () => {
  const limit = 300;
  const program = ["sh", "-c", `ulimit -S -n ${limit}; "$@"; exit $?`, "sh", process.execPath];

  test.concurrent("in every way in which they are begun", async () => {
    await using project = newProject({ services: servicesThatSay("ulimit -S -n") });
    expect(await launch(project, ["-d", "--wait"], { program })).toMatchObject({ code: 0 });
    const { pid } = JSON.parse((await launch(project, ["status", "--json"])).stdout).services.find(
      ({ name }: { readonly name: string }) => name === "stopped",
    ) as { readonly pid: number };
    project.write("pid", String(pid));
    expect((await launch(project, ["down"])).code).toBe(0);
    const said = [...begun, "stopped"].map((name) => [name, project.read(`said-${name}`).trim()]);
    expect(said).toEqual([...begun, "stopped"].map((name) => [name, String(limit)]));
  });

  test.concurrent("and so may the command of launch run", async () => {
    await using project = newProject({ services: { any: "exec sleep 1000" } });
    expect(await launch(project, ["run", "--", "sh", "-c", "ulimit -S -n"], { program })).toMatchObject({
      code: 0,
      stdout: `${limit}\n`,
    });
  });
});

describe("options for Node are for services", () => {
  test.concurrent("launch leaves them the port of a debugger", async () => {
    // Free a moment ago, which is as much as can be had.
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await using project = newProject({
      services: {
        debugged: {
          command: [process.execPath, "-e", "setInterval(() => {}, 1000)"],
          ready: { log: "Debugger listening" },
        },
      },
    });
    await using run = startJson(project, [], { env: { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` } });
    await run.events.find({ type: "up" });
    expect(await run.end("SIGTERM")).toBe(0);
  });

  test.concurrent("an engine in the background is started without, and its services with them", async () => {
    await using project = newProject(
      {
        services: {
          told: {
            command: 'echo "options $NODE_OPTIONS ${LAUNCH_INHERITANCE-none}"; exec sleep 1000',
            ready: { log: "options" },
          },
        },
      },
      { "seen.cjs": 'require("node:fs").appendFileSync("seen", process.argv.join(" ") + "\\n");' },
    );
    const options = `--require=${project.path("seen.cjs")}`;
    expect(await launch(project, ["-d", "--wait"], { env: { NODE_OPTIONS: options } })).toMatchObject({ code: 0 });
    expect((await launch(project, ["logs", "told"])).stdout).toContain(`options ${options} none`);
    expect((await launch(project, ["down"])).code).toBe(0);
    expect(project.read("seen")).not.toContain("--engine");
  });
});

test.concurrent.each([["status"], ["up"], ["-d"], ["run", "--", "true"], ["--check-only"], ["logs"], ["down"]])(
  "in a directory that is gone, launch %s says so and ends with 2",
  async (...args) => {
    await using project = newProject({ services: { any: "true" } });
    mkdirSync(project.path("gone"));
    const program = ["sh", "-c", 'cd gone && rmdir ../gone && exec "$@"', "sh", process.execPath];
    const { code, stderr } = await launch(project, args, { program });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^launch: the working directory is gone\. [^\n]*\n$/),
    });
  },
);

test("the version is told in a directory that is gone as well", () => {
  const words = 'd=$(mktemp -d) && cd "$d" && rmdir "$d" && exec "$@"';
  expect(execFileSync("sh", ["-c", words, "sh", process.execPath, bin, "--version"], { encoding: "utf8" })).toMatch(
    /^\d/,
  );
});
