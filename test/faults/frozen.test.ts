// Faults from 47 on: what belongs to launch itself is stopped or killed.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { RunRecord } from "../../src/effects/state/state.ts";
import { type Finished, launch, startJson } from "../helpers/launch.ts";
import { isAlive, stateOf } from "../helpers/processes.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { guardOf, type Run, startRun } from "./run.ts";

/** What the run's launch has used of the processor so far, in seconds. */
function cpuOf(run: Run): number {
  const fields = readFileSync(`/proc/${run.pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A run with a fork server: on a busy machine it may be done without, when it takes too long to come up. */
async function startForked(
  manifest: Parameters<typeof startRun>[0],
): Promise<{ readonly run: Run; readonly forks: number }> {
  for (let tries = 1; ; tries++) {
    const run = await startRun(manifest);
    await run.events.state("task", "started");
    const forks = run.living().find(({ command }) => command.startsWith("launch-fork-server"))?.pid;
    if (forks !== undefined) return { run, forks };
    await run.end();
    await run[Symbol.asyncDispose]();
    if (tries === 5) throw new Error("there is never a fork server");
  }
}

fault(47, async () => {
  const many = Array.from({ length: 100 }, (_, index) => [`s${index}`, "exec sleep 1000"]);
  const forked = await startForked({
    services: {
      ...Object.fromEntries(many),
      task: { type: "task", command: "until [ -e go ]; do sleep 0.05; done" },
      next: { command: "exec sleep 1000", depends_on: { task: "completed" } },
    },
  });
  await using run = forked.run;
  await Promise.all(many.map(([name = ""]) => run.events.state(name, "ready")));
  run.signal("SIGKILL", forked.forks);
  await until("the fork server to be gone", () => !run.isAlive(forked.forks));
  const before = cpuOf(run);
  // What it uses in this time is the fault itself.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(cpuOf(run) - before).toBeLessThan(0.3);
  run.project.write("go", "");
  await run.events.find({ type: "up" });
  expect(run.events.all.filter(({ service, exit }) => service === "task" && exit !== undefined)).toMatchObject([
    { state: "completed", exit: { code: 0, signal: null } },
  ]);
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

/** Services of which one is deaf and one has left its group. */
const deaf = "trap '' TERM; echo deaf; while :; do sleep 0.1; done";
const shop = {
  name: "shop",
  services: {
    web: "exec sleep 1000",
    deaf: { command: deaf, ready: { log: "deaf" }, stop: { timeout: "500ms" } },
    away: "setsid sh -c 'env -i sleep 1000 & exec sleep 1000' & exec sleep 1000",
  },
};

/** A run in the background, and what is told of it; what a test that fails has left of it is ended. */
async function inBackground(
  test: (run: { readonly project: TestProject; readonly engine: number; readonly guard: number }) => Promise<void>,
): Promise<void> {
  await using project = newProject(shop);
  await launch(project, ["-d", "--wait"]);
  const { state } = JSON.parse(project.read(".launch/state.json")) as { state: { run: RunRecord } };
  try {
    await test({ project, engine: state.run.engine.pid, guard: state.run.guard!.pid });
  } finally {
    if (project.processes().length > 0) await project.clear();
  }
}

/** `launch down` has told the truth: the moment that it returns, nothing lives. */
function nothingLives({ code, stdout, stderr }: Finished, project: TestProject): void {
  const living = project.processes().map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`);
  expect(living, `${code}\n${stdout}${stderr}`).toEqual([]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^shop stopped after .*\.$|was ended: pid/m)]);
}

fault(48, async () => {
  await Promise.all([
    inBackground(async ({ project, engine }) => {
      process.kill(engine, "SIGSTOP");
      await until("it to be stopped", () => stateOf(engine) === "T");
      const status = await launch(project, ["status"]);
      const remedy = `kill -CONT ${engine} lets it go on; launch down ends the run all the same.`;
      const words = `The engine of shop (pid ${engine}) is stopped and answers nobody. ${remedy}\n`;
      expect([status.stderr, status.code]).toEqual([words, 4]);
      const down = await launch(project, ["down"]);
      expect(down.stderr).toContain("is stopped: it is continued, so that it can end its run");
      nothingLives(down, project);
    }),
    // Stopped again and again; on a busy machine it may answer in between, and then it need not be killed.
    (async () => {
      let words = "";
      for (let tries = 0; tries < 5 && !words.includes("does not answer: it is killed"); tries++) {
        await inBackground(async ({ project, engine }) => {
          const stopping = setInterval(() => isAlive(engine) && process.kill(engine, "SIGSTOP"), 1);
          const down = await launch(project, ["down"]);
          clearInterval(stopping);
          nothingLives(down, project);
          words = down.stderr;
        });
      }
      expect(words).toContain("does not answer: it is killed");
    })(),
  ]);
});

fault(49, async () => {
  const stop = (...pids: readonly number[]): void => pids.forEach((pid) => process.kill(pid, "SIGSTOP"));
  const kill = (...pids: readonly number[]): void => pids.forEach((pid) => process.kill(pid, "SIGKILL"));
  const ways: readonly ((engine: number, guard: number) => void)[] = [
    (engine, guard) => stop(engine, guard),
    (engine, guard) => {
      stop(guard);
      kill(engine);
    },
    (engine, guard) => {
      stop(engine);
      kill(guard);
    },
    (engine, guard) => {
      stop(engine, guard);
      kill(engine, guard);
    },
  ];
  for (const way of ways) {
    await inBackground(async ({ project, engine, guard }) => {
      way(engine, guard);
      nothingLives(await launch(project, ["down"]), project);
    });
  }
  // Nobody asks for anything: the guard is woken by the end of launch.
  await using run = await startRun(shop);
  await run.events.find({ type: "up" });
  const guard = guardOf(run);
  run.signal("SIGSTOP", guard);
  await until("the guard to be stopped", () => stateOf(run.machinePid(guard)) === "T");
  await run.end("SIGKILL");
  await run.nothingLeft();
});

fault(50, async () => {
  for (let time = 0; time < 3; time++) {
    await using project = newProject(shop);
    await using going = startJson(project);
    await going.events.find({ type: "up" });
    const down = launch(project, ["down"]);
    await going.events.state("web", "stopping");
    await going.end("SIGKILL");
    nothingLives(await down, project);
  }
  await inBackground(async ({ project, engine }) => {
    const down = launch(project, ["down"]);
    await until("the run to be ending", () => /"ending":\s*true/.test(project.read(".launch/state.json")));
    if (isAlive(engine)) process.kill(engine, "SIGKILL");
    nothingLives(await down, project);
  });
});
