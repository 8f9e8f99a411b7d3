// The commands that ask something of single services of a run that is going.

import { expect, onTestFinished, test } from "vitest";
import { launch, startLaunch } from "../helpers/launch.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { startTerminal } from "../helpers/terminal.ts";
import { until } from "../helpers/wait.ts";

const shop = {
  name: "shop",
  services: {
    db: { command: "serve.js", port: "auto" },
    api: { command: "exec sleep 1000", depends_on: ["db"] },
    worker: { command: "exec sleep 1000" },
  },
};

/** A project that runs in the background until the test is over. */
async function runShop(manifest: Parameters<typeof newProject>[0] = shop): Promise<TestProject> {
  const project = newProject(manifest);
  onTestFinished(async () => {
    await launch(project, ["down"]);
    await project[Symbol.asyncDispose]();
  });
  expect(await launch(project, ["-d", "--wait"])).toMatchObject({ code: 0 });
  return project;
}

interface Told {
  readonly services: readonly { readonly name: string; readonly state: string; readonly pid: number | null }[];
}

async function statesOf(project: TestProject): Promise<Record<string, string>> {
  const { services } = JSON.parse((await launch(project, ["status", "--json"])).stdout) as Told;
  return Object.fromEntries(services.map(({ name, state }) => [name, state]));
}

test("restart returns once the services are ready again, with new processes", async () => {
  const project = await runShop();
  const before = JSON.parse((await launch(project, ["status", "--json", "db"])).stdout) as Told;
  const restarted = await launch(project, ["restart", "db"]);
  expect(restarted).toMatchObject({ code: 0, stderr: "" });
  expect(restarted.stdout).toMatch(/^db is ready after \S+ on port \d+\n$/);
  const after = JSON.parse((await launch(project, ["restart", "--json", "d?"])).stdout) as Told;
  expect(after.services.map(({ name, state }) => `${name} ${state}`)).toEqual(["db ready"]);
  expect(after.services[0]?.pid).not.toBe(before.services[0]?.pid);
});

test("restart returns once those that follow it are ready again too", async () => {
  const followed = { db: { condition: "ready", restart: true } };
  const project = await runShop({
    services: {
      ...shop.services,
      api: { command: "exec sleep 1000", depends_on: followed, ready: { exec: "sleep 0.3" } },
    },
  });
  const restarted = await launch(project, ["restart", "db"]);
  expect(restarted).toMatchObject({ code: 0, stderr: "" });
  expect(restarted.stdout).toMatch(/^db is ready after \S+ on port \d+\napi is ready after \S+\n$/);
  expect(await statesOf(project)).toEqual({ db: "ready", api: "ready", worker: "ready" });
});

test("restart --with-dependents takes all along that run and need the service", async () => {
  const project = await runShop({
    services: { ...shop.services, web: { command: "exec sleep 1000", depends_on: ["api"] } },
  });
  const pids = async (): Promise<Record<string, number | null>> => {
    const { services } = JSON.parse((await launch(project, ["status", "--json"])).stdout) as Told;
    return Object.fromEntries(services.map(({ name, pid }) => [name, pid]));
  };
  const before = await pids();
  const { code, stdout } = await launch(project, ["restart", "db", "--with-dependents"]);
  expect({ code, names: stdout.split("\n").map((line) => line.split(" ", 1)[0]) }).toEqual({
    code: 0,
    names: ["db", "api", "web", ""],
  });
  const after = await pids();
  const restarted = Object.keys(before).filter((name) => before[name] !== after[name]);
  expect(restarted).toEqual(["db", "api", "web"]);
});

test("what is as it was asked to be is said to be so already", async () => {
  const project = await runShop({
    services: { ...shop.services, seed: { type: "task", command: "true" } },
  });
  const { stdout } = await launch(project, ["start", "db", "worker", "seed"]);
  expect(stdout).toMatch(/^db is ready already on port \d+\nworker is ready already\nseed is completed already\n$/);
  await launch(project, ["stop", "worker"]);
  expect((await launch(project, ["stop", "worker"])).stdout).toBe("worker was not running\n");
  expect((await launch(project, ["start", "worker", "api"])).stdout).toMatch(
    /^db is ready already on port \d+\napi is ready already\nworker is ready after \S+\n$/,
  );
});

test("stop ends what is named and nothing else, and start brings it back with what it needs", async () => {
  const project = await runShop();
  const stopped = await launch(project, ["stop", "db", "api"]);
  expect(stopped).toMatchObject({ code: 0, stderr: "" });
  expect(await statesOf(project)).toEqual({ db: "idle", api: "idle", worker: "ready" });
  expect((await launch(project, ["stop", "api"])).code).toBe(0);
  const started = await launch(project, ["start", "api"]);
  expect(started).toMatchObject({ code: 0, stderr: "" });
  expect(started.stdout).toMatch(/^db is ready .*\napi is ready /);
  expect(await statesOf(project)).toEqual({ db: "ready", api: "ready", worker: "ready" });
});

test("a service that does not come up again is said, with 1, and why says so too", async () => {
  const project = await runShop({
    services: {
      api: { command: "test -e broken && exit 3; exec sleep 1000", restart: "no", ready: { exec: "test ! -e broken" } },
    },
  });
  project.write("broken", "");
  const restarted = await launch(project, ["restart", "api"]);
  expect(restarted).toMatchObject({ code: 1, stdout: "", stderr: "api failed: ended with exit code 3\n" });
  expect(await launch(project, ["why", "api"])).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^api failed: ended with exit code 3\n {2}environment: /) as string,
  });
});

test("whoever waits hears that somebody has asked for the contrary", async () => {
  const slow = "trap 'until [ -e go ]; do sleep 0.02; done; exit 0' TERM; echo up; while :; do sleep 0.02; done";
  const project = await runShop({
    services: { api: { command: slow, ready: { exec: "test ! -e deaf" }, stop: { timeout: "1h" } } },
  });
  const isNow = (state: string) => async (): Promise<boolean> => (await statesOf(project))["api"] === state;
  const stopping = launch(project, ["stop", "api"]);
  await until("api to be asked to stop", isNow("stopping"));
  project.write("deaf", "");
  const starting = launch(project, ["start", "api"]);
  const told = (contrary: string): object => ({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(new RegExp(`^api .*; somebody has asked for it to ${contrary}\n$`)) as string,
  });
  expect(await stopping).toMatchObject(told("start"));
  project.write("go", "");
  await until("api to be on its way", isNow("starting"));
  expect(await launch(project, ["stop", "api"])).toMatchObject({ code: 0 });
  expect(await starting).toMatchObject(told("stop"));
});

test("what is not ready in time ends the waiting with 5, and goes on", async () => {
  const project = await runShop({
    services: { api: { command: "exec sleep 1000", ready: { exec: "test ! -e slow" } } },
  });
  project.write("slow", "");
  const restarted = await launch(project, ["restart", "api", "--timeout", "300ms"]);
  expect(restarted.code).toBe(5);
  expect(restarted.stderr).toMatch(/^api is starting, not ready after /);
  expect((await launch(project, ["restart", "api", "--no-wait"])).code).toBe(0);
});

test("a stop that the end of the whole run overtakes has come of it, a restart has not", async () => {
  const project = await runShop({
    services: {
      api: { command: "trap '' TERM; while :; do sleep 0.1; done", stop: { timeout: "20s" } },
      web: { command: "exec sleep 1000", ready: { exec: "test ! -e slow" } },
    },
  });
  project.write("slow", "");
  await using stop = startLaunch(project, ["stop", "api"]);
  await using restart = startLaunch(project, ["restart", "web"]);
  await until("both to be heard", async () => {
    const { api, web } = await statesOf(project);
    return api === "stopping" && web === "starting";
  });
  const { pid } = JSON.parse((await launch(project, ["status", "--json"])).stdout) as { pid: number };
  process.kill(pid, "SIGTERM");
  // The second time skips the grace.
  process.kill(pid, "SIGINT");
  expect([await stop.ended, await restart.ended]).toEqual([0, 1]);
});

test("a name that is none is refused with a suggestion", async () => {
  const project = await runShop();
  for (const command of ["start", "stop", "restart", "why"]) {
    const refused = await launch(project, [command, "wroker"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Did you mean "worker"?');
  }
});

test("where nothing runs, stop has nothing to do and the others say so", async () => {
  await using project = newProject(shop);
  expect(await launch(project, ["stop", "db"])).toMatchObject({ code: 0 });
  for (const command of ["start", "restart", "why"]) expect((await launch(project, [command, "db"])).code).toBe(4);
});

test("without a name, stop means all services and wants that said; start and restart mean all that may run", async () => {
  const project = await runShop();
  const refused = await launch(project, ["stop"]);
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("launch stop without a name stops all services, and needs --yes");
  expect(await statesOf(project)).toEqual({ db: "ready", api: "ready", worker: "ready" });
  expect(await launch(project, ["stop", "--yes"])).toMatchObject({ code: 0, stderr: "" });
  expect(await statesOf(project)).toEqual({ db: "idle", api: "idle", worker: "idle" });
  expect((await launch(project, ["start"])).stdout).toMatch(/^db is ready .*\napi is ready .*\nworker is ready .*\n$/);
  await launch(project, ["stop", "worker"]);
  expect((await launch(project, ["restart"])).stdout).toMatch(/^db is ready .*\napi is ready .*\n$/);
  expect(await statesOf(project)).toEqual({ db: "ready", api: "ready", worker: "idle" });
});

test("a person is asked before all services stop", async () => {
  const project = await runShop();
  await using unsure = startTerminal(project, ["stop"]);
  await unsure.sees("Stop all services (db, api, worker)? The run itself goes on; launch down ends it. Type yes: ");
  unsure.type("no\r");
  expect(await unsure.ended).toBe(1);
  expect(await statesOf(project)).toEqual({ db: "ready", api: "ready", worker: "ready" });
  await using sure = startTerminal(project, ["stop"]);
  await sure.sees("Type yes: ");
  sure.type("yes\r");
  expect(await sure.ended).toBe(0);
  expect(await statesOf(project)).toEqual({ db: "idle", api: "idle", worker: "idle" });
});

test("why shows the last lines of what is not up, and names the variables that the manifest sets first", async () => {
  const project = await runShop({
    services: {
      api: {
        command: "test -e broken || exec sleep 1000; echo one; echo two; echo fatal: no luck >&2; echo bye; exit 3",
        env: { TOKEN: "hunter2" },
        restart: "no",
      },
    },
  });
  project.write("broken", "");
  await launch(project, ["restart", "api"]);
  // Ready for as long as it took to end.
  await until("its end", async () => (await statesOf(project))["api"] === "failed");
  const { stdout } = await launch(project, ["why", "api"]);
  expect(stdout).toMatch(
    /^api failed: ended with exit code 3; its last words: fatal: no luck\n {2}environment: TOKEN \(from the manifest\), LAUNCH_.* \(from launch\), and \d+ inherited\n {2}last lines:\n {2}\| one\n {2}\| two\n {2}\| fatal: no luck\n {2}\| bye\n$/,
  );
  expect(stdout).not.toContain("hunter2");
  const [explanation] = JSON.parse((await launch(project, ["why", "--json", "api"])).stdout) as readonly object[];
  expect(explanation).toMatchObject({ state: "failed", lastLines: ["one", "two", "fatal: no luck", "bye"] });
});

test("what the manifest says about a service is shown by status and why", async () => {
  const api = { command: "exec sleep 1000", description: "REST API", version: "1.2.0", label: "production" };
  const project = await runShop({ services: { api, worker: "exec sleep 1000" } });
  expect((await launch(project, ["status"])).stdout).toContain("REST API, version 1.2.0, production");
  expect((await launch(project, ["why", "api"])).stdout).toBe(
    "api is ready\n  (REST API, version 1.2.0, production)\n",
  );
  const { services } = JSON.parse((await launch(project, ["status", "--json"])).stdout) as { services: unknown };
  expect(services).toMatchObject([
    { name: "api", description: "REST API", version: "1.2.0", label: "production" },
    { name: "worker", description: null, version: null, label: null },
  ]);
});

test("kill of a service of the run is told as what it was, and it is not started again", async () => {
  const deaf = { command: "trap '' TERM; while :; do sleep 0.05; done", restart: "always" };
  const polite = { command: "trap 'exit 0' TERM; while :; do sleep 0.05; done" };
  const project = await runShop({ services: { ...shop.services, deaf, polite } });
  const refused = await launch(project, ["kill", "deaf"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/needs --yes, because it would end deaf, .*\(pid \d+\)/);
  for (const [service, grace] of [
    ["deaf", "200ms"],
    ["polite", "5s"],
  ] as const) {
    const killed = await launch(project, ["kill", service, "--yes", "--grace", grace]);
    expect(killed).toMatchObject({ code: 0, stderr: "" });
    expect(killed.stdout).toMatch(/^\w+ was killed by launch kill after \S+\n$/);
    expect((await launch(project, ["why", service])).stdout).toContain(`${service} failed: killed by launch kill`);
  }
  expect(await statesOf(project)).toEqual({
    db: "ready",
    api: "ready",
    worker: "ready",
    deaf: "failed",
    polite: "failed",
  });
  expect((await launch(project, ["status"])).stdout).not.toContain("out of memory");
});

test("kill of the port of a service of the run is the same", async () => {
  const project = await runShop();
  const { services } = JSON.parse((await launch(project, ["status", "--json", "db"])).stdout) as {
    readonly services: readonly { readonly ports: { readonly main: number } }[];
  };
  const killed = await launch(project, ["kill", `:${services[0]?.ports.main}`, "--yes"]);
  expect(killed.stdout).toMatch(/^db was killed by launch kill after \S+\n$/);
  expect((await statesOf(project))["db"]).toBe("failed");
});
