// A run in the background, and the commands that reach a run that is going.

import { spawnSync } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../integration/ports/strangers.ts";
import { launch, startJson } from "../helpers/launch.ts";
import { isAlive } from "../helpers/processes.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

const shop = {
  name: "shop",
  services: {
    db: { command: "serve.js", port: "auto" },
    api: { command: "exec sleep 1000", depends_on: ["db"] },
    extra: { command: "exec sleep 1000", profiles: ["more"] },
  },
};

/** A project whose background run is stopped when the test is over, however it ends. */
function newShop(manifest: Parameters<typeof newProject>[0] = shop): TestProject {
  const project = newProject(manifest);
  onTestFinished(async () => {
    await launch(project, ["down"]);
    await project[Symbol.asyncDispose]();
  });
  return project;
}

interface Status {
  readonly pid: number;
  readonly up: boolean;
  readonly services: readonly { readonly name: string; readonly state: string; readonly pid: number | null }[];
}

async function statusOf(project: TestProject, args: readonly string[] = []): Promise<Status> {
  return JSON.parse((await launch(project, ["status", "--json", ...args])).stdout) as Status;
}

test("-d --wait returns once all is ready, and the run goes on until it is taken down", async () => {
  const project = newShop();
  const started = await launch(project, ["-d", "--wait"]);
  expect(started).toMatchObject({ code: 0, stderr: "" });
  expect(started.stdout).toContain("shop runs in the background");
  const status = await statusOf(project);
  expect(status.up).toBe(true);
  expect(status.services.map(({ name, state }) => `${name} ${state}`)).toEqual(["db ready", "api ready"]);
  expect(isAlive(status.pid)).toBe(true);

  const down = await launch(project, ["down"]);
  expect(down).toMatchObject({ code: 0, stderr: "" });
  expect(down.stdout).toMatch(/^shop stopped after /);
  expect(project.processes()).toEqual([]);
});

const servers = [
  ["a shell's &", "sh", "serve.js & exit 0"],
  ["redis-server", "redis-server", "redis-server --port $PORT --save '' --daemonize yes"],
  // It is its own daemon unless it is told not to be one.
  ["nginx", "nginx", "nginx -p . -c nginx.conf -e stderr"],
] as const;
const nginx = (port: number): string =>
  `pid nginx.pid; events {} http { access_log off; server { listen 127.0.0.1:${port}; } }`;

describe.each(servers)("%s that goes into the background has failed", (_, program, command) => {
  const isThere = spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin command -v ${program}`]).status === 0;

  test.runIf(isThere)("with -d --wait and in status, with what to do about it", async () => {
    const port = await freePort();
    const app = { command, port, env: { PATH: "${PATH}:/usr/sbin" }, restart: "no" };
    const project = newShop({ services: { app } });
    project.write("nginx.conf", nginx(port));
    const started = await launch(project, ["-d", "--wait"]);
    expect(started.code).toBe(1);
    const words = /failed .*went into the background \(pid \d+, .*\): run it in the foreground/;
    expect(started.stdout).toMatch(words);
    expect((await launch(project, ["status"])).stdout).toMatch(words);
  });

  test.runIf(isThere)("with --non-interactive", async () => {
    const port = await freePort();
    const app = { command, port, env: { PATH: "${PATH}:/usr/sbin" }, restart: "no" };
    const project = newShop({ services: { app } });
    project.write("nginx.conf", nginx(port));
    const ran = await launch(project, ["--non-interactive"]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("app failed: went into the background");
  });
});

test("-d returns as soon as every port is decided, and -D is the same", async () => {
  const project = newShop({ services: { api: { command: "sleep 1000", port: "auto" } } });
  const started = await launch(project, ["-D"]);
  expect(started.code).toBe(0);
  expect(started.stdout).toMatch(/api +\w+ +\d+/);
});

test.each([
  ["-d --wait", ["-d", "--wait", "migrate"]],
  ["--non-interactive", ["--non-interactive", "migrate"]],
])("%s of a task ends when the task has, though it needed a service", async (_, args) => {
  const migrate = { type: "task", command: "echo migrated", depends_on: ["db"] };
  const project = newShop({ services: { ...shop.services, migrate } });
  const ran = await launch(project, args);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toMatch(/migrate.* completed/);
  await until("the run to be gone", async () => (await launch(project, ["status"])).code === 4);
  expect(project.read(".launch/logs/migrate.log")).toBe("migrated\n");
});

test("a second -d joins the run and starts what is missing in it", async () => {
  const project = newShop();
  await launch(project, ["-d", "--wait", "db"]);
  const before = await statusOf(project);
  expect(before.services.map(({ name, state }) => `${name} ${state}`)).toEqual(["db ready", "api idle"]);
  expect((await launch(project, ["-d", "--wait", "api"])).code).toBe(0);
  const after = await statusOf(project);
  expect(after.pid).toBe(before.pid);
  expect(after.services.map(({ name, state }) => `${name} ${state}`)).toEqual(["db ready", "api ready"]);
  expect(after.services[0]?.pid).toBe(before.services[0]?.pid);
});

test("a name that a run does not know is refused, and the run goes on", async () => {
  const project = newShop();
  await launch(project, ["-d", "--wait"]);
  const unknown = await launch(project, ["-d", "dbb"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('Did you mean "db"?');
  const other = await launch(project, ["-d", "extra"]);
  expect(other).toMatchObject({ code: 2 });
  expect(other.stderr).toContain("extra cannot be started in this run");
  expect((await statusOf(project)).up).toBe(true);
});

test("a manifest that is wrong is said by the one who called, with 2, and nothing stays", async () => {
  const project = newShop({ services: { api: { command: "true", nonsense: 1 } } });
  const started = await launch(project, ["-d"]);
  expect(started.code).toBe(2);
  expect(started.stderr).toContain("services.yaml:");
  expect(started.stderr).toContain("nonsense");
  expect(project.processes()).toEqual([]);
});

test("--wait ends with 1 when something fails and with 5 when it takes too long; what runs goes on", async () => {
  const project = newShop({
    services: { bad: { command: "exit 3", restart: "no" }, good: "exec sleep 1000" },
  });
  expect((await launch(project, ["-d", "--wait"])).code).toBe(1);
  expect((await statusOf(project)).services.find(({ name }) => name === "good")?.state).toBe("ready");
  await launch(project, ["down"]);

  const slow = newShop({ services: { slow: { command: "exec sleep 1000", ready: { exec: ["false"] } } } });
  const late = await launch(slow, ["-d", "--wait", "--timeout", "300ms"]);
  expect(late.code).toBe(5);
  expect(late.stdout).toContain("not all of it up yet");
  expect((await statusOf(slow)).services[0]?.state).toBe("starting");
});

test("status says 4 and down says 0 where nothing runs", async () => {
  const project = newShop();
  expect(await launch(project, ["status"])).toMatchObject({ code: 4, stdout: "" });
  expect(await launch(project, ["down"])).toMatchObject({ code: 0, stdout: "Nothing of this project runs here.\n" });
});

test("status and down reach a run without a terminal as well", async () => {
  const project = newShop();
  await using run = startJson(project);
  await run.events.find({ type: "up" });
  expect((await statusOf(project)).pid).toBe(run.pid);
  const named = await launch(project, ["status", "a*"]);
  expect(named.stdout).toMatch(/^api +ready/m);
  expect(named.stdout).not.toMatch(/^db/m);
  expect((await launch(project, ["down"])).code).toBe(0);
  expect(await run.ended).toBe(0);
});

test("a service that fails in the background is started again by asking for it, and status says why it is down", async () => {
  const project = newShop({ services: { flag: { command: "test -e flag && exec sleep 1000", restart: "no" } } });
  await launch(project, ["-d", "--wait"]);
  const failed = await launch(project, ["status"]);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/^flag +failed +\S/m);
  project.write("flag", "");
  expect((await launch(project, ["-d", "--wait"])).code).toBe(0);
});

test("a service whose first process has left its group is asked to end like others", async () => {
  const polite = "trap 'echo graceful; exit' TERM; echo up; while :; do sleep 0.02; done";
  await using project = newProject({
    services: {
      apart: { command: ["timeout", "1000", "sh", "-c", polite], ready: { log: "up" }, stop: { timeout: "20m" } },
    },
  });
  await launch(project, ["-d", "--wait"]);
  expect(await launch(project, ["down"])).toMatchObject({ code: 0, stderr: "" });
  expect(project.read(".launch/logs/apart.log")).toContain("graceful");
});

test("an engine in the background that is ended by a signal stops its services", async () => {
  const project = newShop();
  await launch(project, ["-d", "--wait"]);
  process.kill((await statusOf(project)).pid, "SIGTERM");
  await until("everything to be gone", () => project.processes().length === 0);
});

test.each([[["-d"]], [["-d", "--wait"]]])(
  "what is wrong with the state is said on stderr, once, by %o",
  async (args) => {
    const project = newShop();
    project.write(".launch/state.json", '{"torn');
    const first = await launch(project, args);
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/^warning: .*state\.json.*\n$/);
    expect(await launch(project, args)).toMatchObject({ code: 0, stderr: "" });
  },
);

test("of several starts at the same moment one begins the run, and the others join it", async () => {
  const project = newShop();
  const started = await Promise.all(Array.from({ length: 5 }, () => launch(project, ["-d", "--wait"])));
  for (const { code, stderr, stdout } of started) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^api +ready/m);
  }
  const { pid } = await statusOf(project);
  for (const { stdout } of started) expect(stdout).toContain(`(pid ${pid})`);
});

test("a start that fails for its own reason is told that, not another run", async () => {
  const project = newShop({ services: { api: { command: "exec sleep 1000", prot: 1 } } });
  const started = await Promise.all([launch(project, ["-d"]), launch(project, ["-d"])]);
  for (const { code, stderr } of started) {
    expect(code).toBe(2);
    expect(stderr).toContain('"prot"');
  }
});
