// Socket activation and readiness by message as they are used: with the built command, over the engine's own death.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../integration/ports/strangers.ts";
import { launch } from "../helpers/launch.ts";
import { startLoad } from "../helpers/load.ts";
import { isAlive } from "../helpers/processes.ts";
import { newProject, root, type TestProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

const fixtures = join(root, "test/fixtures");

function newRun(services: Readonly<Record<string, unknown>>): TestProject {
  const project = newProject({ name: "shop", services });
  onTestFinished(async () => {
    await launch(project, ["down"]);
    await project[Symbol.asyncDispose]();
  });
  return project;
}

interface Told {
  readonly pid: number;
  readonly services: readonly {
    readonly name: string;
    readonly state: string;
    readonly pid: number | null;
    readonly says: string | null;
    readonly why: string;
  }[];
}

async function statusOf(project: TestProject): Promise<Told> {
  return JSON.parse((await launch(project, ["status", "--json"])).stdout) as Told;
}

function api(port: number): object {
  return {
    command: ["python3", join(fixtures, "handed.py")],
    port,
    socket: true,
    ready: { http: "/" },
    restart: { delay: 0 },
  };
}

test("launch restart refuses no connection, and the service is the one that its LISTEN_PID names", async () => {
  const port = await freePort();
  const project = newRun({ api: api(port) });
  expect((await launch(project, ["-d", "--wait"])).code).toBe(0);
  const [pid, fds, listener, names] = (await (await fetch(`http://127.0.0.1:${port}/`)).text()).split(" ");
  expect([fds, names]).toEqual(["1", "main"]);
  expect(listener).toBe(pid);
  const load = startLoad(port);
  for (let times = 0; times < 2; times++) expect((await launch(project, ["restart", "api"])).code).toBe(0);
  expect(await load.end()).toMatchObject({ refused: 0 });
  const after = (await (await fetch(`http://127.0.0.1:${port}/`)).text()).split(" ");
  expect(after[0]).not.toBe(pid);
});

test("who asks for the port is told the service, and while it is down the run", async () => {
  const port = await freePort();
  const project = newRun({ api: api(port) });
  expect((await launch(project, ["-d", "--wait"])).code).toBe(0);
  await using other = newProject({
    services: { web: { command: "exec sleep 1000", port: { preferred: port, fixed: true } } },
  });
  const taken = await launch(other, ["conflicts"]);
  expect(taken.stdout).toContain(`port ${port} is held by api of shop in ${project.directory}`);
  await launch(project, ["stop", "api"]);
  expect((await launch(other, ["conflicts"])).stdout).toContain(
    `port ${port} is leased by shop in ${project.directory}`,
  );
  const refused = await launch(other, ["kill", `:${port}`, "--yes"]);
  expect(refused).toMatchObject({ code: 1 });
  expect((await launch(project, ["start", "api"])).code).toBe(0);
});

test("the service serves on when the engine is killed, speaks to the next one, and its gap is said", async () => {
  const port = await freePort();
  const say =
    "s=socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'STATUS=heard', os.environ['NOTIFY_SOCKET'])";
  const project = newRun({
    api: { ...api(port), watchdog: "30s" },
    talk: {
      command: `echo READY=1 >&"$NOTIFY_FD"; while ! test -e go; do sleep 0.05; done; python3 -c "import os, socket; ${say}"; exec sleep 1000`,
      ready: "notify",
    },
  });
  expect((await launch(project, ["-d", "--wait"])).code).toBe(0);
  const before = await statusOf(project);
  process.kill(before.pid, "SIGKILL");
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  await until("the next engine", async () => {
    const { stdout, code } = await launch(project, ["status", "--json"]);
    return code === 0 && (JSON.parse(stdout) as Told).services.every(({ state }) => state === "ready");
  });
  const after = await statusOf(project);
  expect(after.services[0]).toMatchObject({
    pid: before.services[0]?.pid,
    why: "is ready; its next restart refuses connections",
  });
  expect((await launch(project, ["status"])).stdout).toContain("its next restart refuses connections");
  project.write("go", "");
  await until(
    "what the service says to the next engine",
    async () => (await statusOf(project)).services[1]?.says === "heard",
  );
  expect((await launch(project, ["restart", "api"])).code).toBe(0);
  expect((await statusOf(project)).services[0]).toMatchObject({ why: "is ready" });
});

test("the relay ends with its engine, however that ends, and its sockets go", async () => {
  const project = newRun({ api: { command: 'echo READY=1 >&"$NOTIFY_FD"; exec sleep 1000', ready: "notify" } });
  const relayOf = (engine: number): number => {
    const children = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(engine)], { encoding: "utf8" }).split(
      "\n",
    );
    return Number.parseInt(children.find((line) => line.includes("perl")) ?? "", 10);
  };
  expect((await launch(project, ["-d", "--wait"])).code).toBe(0);
  const { pid } = await statusOf(project);
  const first = relayOf(pid);
  expect(isAlive(first)).toBe(true);
  expect(project.listing()).toContain(".launch/notify/api.1.sock s 0");
  process.kill(pid, "SIGKILL");
  await until("the end of the first relay", () => !isAlive(first));
  await until("the next engine", async () => (await launch(project, ["status"])).code === 0);
  const second = relayOf((await statusOf(project)).pid);
  expect(isAlive(second)).toBe(true);
  expect((await launch(project, ["down"])).code).toBe(0);
  await until("the end of the second relay", () => !isAlive(second));
  expect(project.listing()).not.toContain(".launch/notify/");
});
