// What leaves its service's group, and what becomes of it.

import { readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cgroupBase, endCgroup, makeCgroup } from "../../../src/effects/processes/cgroup.ts";
import { startEngine } from "../../helpers/engine.ts";
import { type Escapee, openZoo, type Zoo } from "../../helpers/escapees.ts";
import { newProject } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";

let zoo: Zoo;
beforeEach(() => {
  zoo = openZoo();
});
afterEach(() => zoo[Symbol.dispose]());

const stop = { timeout: "300ms" };
const kind = "is a daemon with an empty environment";
/** As a manifest takes it, to which a dollar sign means something. */
const daemon = (escapee: Escapee = kind): readonly string[] =>
  zoo.command(escapee).map((word) => word.replaceAll("$", "$$$$"));

/** One whose leader ends where a service's would wait. */
function passing(): readonly string[] {
  const [perl = "perl", option = "-e", script = "", ...programs] = daemon();
  return [perl, option, script.replace(/exec \$\$sleep, 1000$/, "wait"), ...programs];
}

test.each([
  ["an exec probe", (command: readonly string[]) => ({ ready: { exec: command } })],
  [
    "a stop command",
    (command: readonly string[]) => ({
      command: "until test -e asked; do sleep 0.02; done",
      stop: { timeout: "10m", command: ["sh", "-c", '"$$@"; touch asked', "sh", ...command] },
    }),
  ],
])("what %s has left running is ended with the run", async (_, keysOf) => {
  await using project = newProject({ services: { app: { command: "exec sleep 1000", stop, ...keysOf(passing()) } } });
  await using run = await startEngine(project);
  await run.events.state("app", "ready");
  expect(await run.stop()).toBe(0);
  expect(zoo.living()).toEqual([]);
  await run.events.find({ type: "noticed", kind: "left-behind", service: "app" });
});

test("what has left its service's group is ended with the run, and named", async () => {
  await using project = newProject({ services: { app: { command: daemon(), stop } } });
  await using run = await startEngine(project);
  await run.events.state("app", "ready");
  await until("the daemon to be out", () => zoo.asleep().length === 2);
  expect(await run.stop()).toBe(0);
  expect(zoo.living()).toEqual([]);
  await run.events.find({ type: "noticed", kind: "left-behind", service: "app" });
});

test("a crash is followed by the next start, and what the former run left is ended beside it", async () => {
  const restart = { policy: "on-failure", delay: 0, max_restarts: 5 };
  await using project = newProject({
    services: { app: { command: daemon(), restart, stop }, other: { command: daemon(), stop } },
  });
  await using run = await startEngine(project);
  const { pid } = await run.events.state("app", "ready");
  await run.events.state("other", "ready");
  await until("the daemons to be out", () => zoo.asleep().length === 4);
  const former = zoo.living();
  process.kill(pid!, "SIGKILL");
  const notice = await run.events.find({ type: "noticed", kind: "left-behind", service: "app" });
  const ended = notice["ended"] as readonly { readonly pid: number }[];
  expect(ended).toHaveLength(1);
  expect(former).toContain(ended[0]?.pid);
  // The next run's daemon and both of the other service go on.
  await until("the next daemon to be out", () => zoo.asleep().length === 4);
  expect(await run.stop()).toBe(0);
  expect(zoo.living()).toEqual([]);
});

test("a daemon that a former run left on its port is no stranger: it is ended, and the service starts", async () => {
  const server = `require("http").createServer((_, answer) => answer.end("ok")).listen(process.env.PORT, "127.0.0.1")`;
  await using project = newProject({
    services: {
      app: {
        // The first run leaves a server in a session of its own, the next one serves itself.
        command: `if test -e left; then exec node -e '${server}'; fi; setsid node -e '${server}' & until test -e go; do sleep 0.02; done; touch left; exit 3`,
        port: "dynamic",
        restart: { policy: "on-failure", delay: 0, max_restarts: 5 },
        stop,
      },
    },
  });
  await using run = await startEngine(project);
  const first = await run.events.state("app", "ready");
  project.write("go", "");
  const second = await run.events.state("app", "ready", { run: 2 });
  expect(second.pid).not.toBe(first.pid);
  expect(await run.stop()).toBe(0);
});

test("what a task has started goes on after it, until the run ends", async () => {
  await using project = newProject({
    services: {
      prepare: { type: "task", command: passing() },
      app: { command: "sleep 1000", depends_on: ["prepare"], stop },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("prepare", "exited");
  await run.events.state("app", "ready");
  await until("the daemon to be out", () => zoo.asleep().length === 1);
  // Longer than it takes until a service would be swept.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(zoo.living()).toHaveLength(1);
  expect(await run.stop()).toBe(0);
  expect(zoo.living()).toEqual([]);
  await run.events.find({ type: "noticed", kind: "left-behind", service: "prepare" });
});

test("what the manifest spares lives on when its service is stopped, and is named", async () => {
  await using project = newProject({
    services: { app: { command: daemon(), stop: { ...stop, spare: ["sleep"] } }, other: { command: "cat", stop } },
  });
  await using run = await startEngine(project);
  await run.events.state("app", "ready");
  await until("the daemon to be out", () => zoo.asleep().length === 2);
  run.request({ type: "down", services: ["app"] });
  const { spared } = await run.events.find({ type: "noticed", kind: "left-behind", service: "app" });
  expect(spared).toEqual(zoo.living().map((pid) => expect.objectContaining({ pid })));
  expect(zoo.living()).toHaveLength(1);
  process.kill(zoo.living()[0]!, "SIGKILL");
  await until("it to be gone", () => zoo.living().length === 0);
});

test.each(["service", "task"])(
  "what the manifest spares of a %s lives on after the end, and is named",
  async (type) => {
    const command = type === "task" ? passing() : daemon();
    await using project = newProject({
      services: { app: { type, command, stop: { ...stop, spare: ["sleep"] } }, other: { command: "cat", stop } },
    });
    await using run = await startEngine(project);
    await run.events.state("app", type === "task" ? "exited" : "ready");
    await until("the daemon to be out", () => zoo.asleep().length === (type === "task" ? 1 : 2));
    await run.stop();
    const living = zoo.living();
    expect(living).toHaveLength(1);
    const { spared } = await run.events.find({ type: "noticed", kind: "left-behind", service: "app" });
    expect(spared).toEqual([expect.objectContaining({ pid: living[0] })]);
    process.kill(living[0]!, "SIGKILL");
    await until("it to be gone", () => zoo.living().length === 0);
  },
);

test("a second request to end skips the grace of what a service left that was stopped before", async () => {
  await using project = newProject({
    services: {
      app: { command: "setsid deaf.js > said & exec cat", stop: { timeout: "10m" } },
      other: { command: "cat", stop },
    },
  });
  await using run = await startEngine(project);
  await until("the daemon to be deaf", () => project.has("said") && project.read("said").includes("deaf"));
  run.request({ type: "down", services: ["app"] });
  await until("it to be asked", () => project.read("said").includes("ignores SIGTERM"));
  run.request({ type: "quit", by: "SIGINT", force: false });
  run.request({ type: "quit", by: "SIGINT", force: true });
  await run.ended;
});

test("a second request to end skips the grace of what had left its group as well", async () => {
  await using project = newProject({
    services: { app: { command: daemon("is a daemon that ignores SIGTERM"), stop: { timeout: "10m" } } },
  });
  await using run = await startEngine(project);
  await run.events.state("app", "ready");
  await until("the daemon to be out", () => zoo.asleep().length === 2);
  run.request({ type: "quit", by: "SIGINT", force: false });
  await until("the service to be gone, and not its daemon", () => zoo.living().length === 1);
  run.request({ type: "quit", by: "SIGINT", force: true });
  await run.ended;
  expect(zoo.living()).toEqual([]);
});

// Only root may write to the machine's own cgroups, and in many containers nobody may.
const probe = makeCgroup(0, "probe", process.pid);
if (probe !== undefined) await endCgroup(probe);

test.runIf(probe !== undefined)("nothing outruns a cgroup, of which nothing is left either", async () => {
  const command = daemon("hops as fast as it can and ignores SIGTERM");
  const name = `hopper${process.pid}`;
  await using project = newProject({ services: { [name]: { command, stop: { timeout: "200ms", cgroup: true } } } });
  await using run = await startEngine(project);
  await run.events.state(name, "ready");
  expect(await run.stop()).toBe(0);
  expect(zoo.living()).toEqual([]);
  expect(readdirSync(cgroupBase() ?? "").filter((entry) => entry.includes(name))).toEqual([]);
});
