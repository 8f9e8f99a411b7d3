// What other programs may do to the logs of a run that is going: the run goes on, says what happened once, and ends as asked.

import { readFileSync, renameSync, rmSync, truncateSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { type Running, startEngine } from "../../helpers/engine.ts";
import { newProject, type TestProject } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";

const simple = { name: "shop", services: { api: "n=0; while :; do n=$((n+1)); echo $n; sleep 0.01; done" } };

async function start(manifest: Parameters<typeof newProject>[0]): Promise<[TestProject, Running]> {
  const project = newProject(manifest);
  onTestFinished(() => project[Symbol.asyncDispose]());
  const running = await startEngine(project);
  onTestFinished(() => running[Symbol.asyncDispose]());
  await running.events.state("api", "ready");
  await lines(running, 3);
  return [project, running];
}

const log = (project: TestProject): string => project.path(".launch/logs/api.log");

/** Resolves once so many lines more have been seen. */
async function lines({ engine }: Running, more: number): Promise<void> {
  const before = engine.supervisor.output.totals("api").lines;
  await until("more lines", () => engine.supervisor.output.totals("api").lines >= before + more);
}

const remarks = ({ events }: Running): readonly unknown[] =>
  events.all.filter(({ type, kind }) => type === "noticed" && kind === "log").map(({ message }) => message);

/** The service after a restart, whose log is there under its name. */
async function restart(project: TestProject, running: Running): Promise<void> {
  running.request({ type: "restart", services: ["api"] });
  await running.events.state("api", "ready", { run: 2 });
  await until("lines in the log", () => /^\d+\n/m.test(readFileSync(log(project), "utf8")));
}

test.each([
  ["moved", (project: TestProject) => renameSync(log(project), `${log(project)}.mine`)],
  ["deleted", (project: TestProject) => rmSync(log(project))],
  ["deleted with everything around it", (project: TestProject) => rmSync(project.path(".launch"), { recursive: true })],
])("a log that is %s is followed on, said once, and there again after a restart", async (_, take) => {
  const [project, running] = await start(simple);
  take(project);
  await lines(running, 20);
  expect(remarks(running)).toEqual([expect.stringContaining("moved or deleted by another program")]);
  await restart(project, running);
  await lines(running, 3);
  expect(await running.stop()).toBe(0);
  expect(remarks(running)).toHaveLength(1);
});

test("a log that is emptied is read on from its beginning", async () => {
  const [project, running] = await start(simple);
  truncateSync(log(project));
  await until("words about it", () =>
    running.lines("api").some((line) => /(truncated|emptied) by another program/.test(line)),
  );
  await lines(running, 3);
  expect(await running.stop()).toBe(0);
});

test("a service with a stop command ends as asked when nothing can be made where its log was", async () => {
  const command = "echo $$ > pid; while :; do echo on; sleep 0.01; done";
  const stop = { command: "kill $(cat pid)" };
  const [project, running] = await start({ name: "shop", services: { api: { command, stop } } });
  rmSync(project.path(".launch/logs"), { recursive: true });
  project.write(".launch/logs", "a file is in the way");
  await lines(running, 5);
  expect(await running.stop()).toBe(0);
  expect(remarks(running)).toHaveLength(1);
  rmSync(project.path(".launch/logs"));
});
