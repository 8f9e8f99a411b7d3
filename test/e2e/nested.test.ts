// A service that is itself launch: whoever ends the outer one, and however, ends all of the inner one.

import { expect, test } from "vitest";
import { type Run, guardOf, startRun } from "../faults/run.ts";
import { bin } from "../helpers/launch.ts";
import { until } from "../helpers/wait.ts";

const inner = {
  name: "inner",
  services: {
    plain: "exec sleep 1000",
    daemon: {
      command: "(setsid env -i /bin/sh -c 'exec sleep 1001' &); echo out; exec sleep 1000",
      ready: { log: "out" },
    },
    deaf: {
      command: "trap '' TERM; echo deaf; while :; do sleep 0.1; done",
      ready: { log: "deaf" },
      stop: { timeout: "300ms" },
    },
  },
};
const command = (args: string): string => `cd inner && exec ${process.execPath} ${bin} ${args}`;
const files = { "inner/services.yaml": JSON.stringify(inner) };

/** An outer run whose service is an inner one, all of which is up. */
async function startNested(): Promise<Run> {
  const nested = { command: command("--non-interactive --json"), ready: { log: '"up"' }, stop: { timeout: "3s" } };
  const run = await startRun({ services: { nested, beside: "exec sleep 1002" } }, { files });
  await run.events.find({ type: "up" });
  expect(run.living().filter(({ command: words }) => words.startsWith("sleep 100"))).toHaveLength(4);
  return run;
}

/** Outer and inner launch, and their guards. */
function machinery(run: Run): { readonly engines: readonly number[]; readonly guards: readonly number[] } {
  const living = run.living();
  const engines = living.filter(({ command: words }) => words.includes("launch.js --non-interactive"));
  const guards = living.filter(({ command: words }) => words.includes("launch-guard"));
  expect([engines.length, guards.length]).toEqual([2, 2]);
  return { engines: engines.map(({ pid }) => pid), guards: guards.map(({ pid }) => pid) };
}

test("stopping the outer one stops the inner one and all that it has started", async () => {
  await using run = await startNested();
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

test("nothing is left of the inner one when the outer one is killed", async () => {
  await using run = await startNested();
  await run.end("SIGKILL");
  await run.nothingLeft();
});

test("nothing is left when both are killed at the same time, or first the inner one and a moment later the outer one", async () => {
  for (const pause of [0, 30, 150]) {
    await using run = await startNested();
    const { engines } = machinery(run);
    const [innermost = 0] = engines.filter((pid) => run.machinePid(pid) !== run.pid);
    run.signal("SIGKILL", innermost);
    // What the inner guard does meanwhile is what the outer one may meet.
    await new Promise((resolve) => setTimeout(resolve, pause));
    await run.end("SIGKILL");
    await run.nothingLeft();
  }
});

test("nothing is left when the inner one is killed while the outer one stops", async () => {
  await using run = await startNested();
  const { engines } = machinery(run);
  const [innermost = 0] = engines.filter((pid) => run.machinePid(pid) !== run.pid);
  run.signal("SIGTERM");
  run.signal("SIGKILL", innermost);
  await run.ended;
  await run.nothingLeft();
});

test("both and both their guards killed: the next outer one ends all that is left", async () => {
  await using run = await startNested();
  const { engines, guards } = machinery(run);
  for (const pid of [...engines, ...guards]) run.signal("SIGSTOP", pid);
  for (const pid of guards) run.signal("SIGKILL", pid);
  for (const pid of engines) if (run.machinePid(pid) !== run.pid) run.signal("SIGKILL", pid);
  await run.end("SIGKILL");
  const left = run.living();
  expect(left.length).toBeGreaterThan(4);
  const next = await run.again();
  await next.events.find({ type: "up" });
  expect(left.filter(({ pid }) => run.isAlive(pid))).toEqual([]);
  expect(await next.end()).toBe(0);
  await next.nothingLeft();
});

test("an inner one in the background ends with the outer one that has started it, killed or stopped", async () => {
  const detached = { type: "task", command: command("-d --wait") };
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await using run = await startRun(
      { services: { detached, beside: { command: "exec sleep 1002", depends_on: ["detached"] } } },
      { files },
    );
    await run.events.find({ type: "up" });
    expect(guardOf(run)).toBeGreaterThan(0);
    await until(
      "the inner one",
      () => run.living().filter(({ command: words }) => words.startsWith("sleep 100")).length === 4,
    );
    await run.end(signal);
    await run.nothingLeft();
  }
});
