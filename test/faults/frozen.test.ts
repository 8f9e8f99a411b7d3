// Faults from 47 on: what belongs to launch itself is stopped or killed.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { type Run, startRun } from "./run.ts";

/** What the run's launch has used of the processor so far, in seconds. */
function cpuOf(run: Run): number {
  const fields = readFileSync(`/proc/${run.pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

fault(47, async () => {
  const many = Array.from({ length: 100 }, (_, index) => [`s${index}`, "exec sleep 1000"]);
  await using run = await startRun({
    services: {
      ...Object.fromEntries(many),
      task: { type: "task", command: "until [ -e go ]; do sleep 0.05; done" },
      next: { command: "exec sleep 1000", depends_on: { task: "completed" } },
    },
  });
  await Promise.all(many.map(([name = ""]) => run.events.state(name, "ready")));
  await run.events.state("task", "started");
  const forks = run.living().find(({ command }) => command.startsWith("launch-fork-server"));
  expect(forks).toBeDefined();
  run.signal("SIGKILL", forks?.pid);
  await until("the fork server to be gone", () => !run.isAlive(forks?.pid ?? 0));
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
