// The program that hears `NOTIFY_SOCKET` for launch is launch's own: however launch ends, neither it nor what it has made is left.

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { canRelay } from "../../src/effects/health/notify-relay.ts";
import { killBoth, type Run, startRun } from "../faults/run.ts";

const services = {
  api: { command: 'echo READY=1 >&"$NOTIFY_FD"; exec sleep 1000', ready: "notify", stop: { timeout: "300ms" } },
};
const relaysOf = (run: Run): readonly number[] =>
  run.living().flatMap(({ pid, command }) => (command.startsWith("perl ") ? [pid] : []));
const said = (run: Run): readonly string[] => {
  try {
    return readdirSync(run.project.path(".launch/notify"));
  } catch {
    return [];
  }
};

/** A run whose relay has been stopped, so that it hears of nothing. */
async function startStopped(): Promise<Run> {
  const run = await startRun({ services });
  await run.events.find({ type: "up" });
  const [relay] = relaysOf(run);
  run.signal("SIGSTOP", relay);
  expect(said(run).toSorted()).toEqual(["api.1", "api.1.sock"]);
  return run;
}

const nothingSaid = (run: Run): void => {
  expect(run.events.all.filter(({ kind }) => kind === "left-behind")).toEqual([]);
};

test.runIf(canRelay(process.env))("a relay that was stopped ends with the run, and nobody speaks of it", async () => {
  await using run = await startStopped();
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
  nothingSaid(run);
  expect(said(run)).toEqual([]);
});

test.runIf(canRelay(process.env))("a relay that was stopped ends when launch is killed, and its files go", async () => {
  await using run = await startStopped();
  await run.end("SIGKILL");
  await run.nothingLeft();
  expect(said(run)).toEqual([]);
});

test.runIf(canRelay(process.env))(
  "launch and its guard killed: the next run ends the relay and removes its files",
  async () => {
    await using run = await startStopped();
    await killBoth(run);
    const left = relaysOf(run);
    expect(left).toHaveLength(1);
    run.project.write("services.yaml", JSON.stringify({ services: { other: "exec sleep 1000" } }));
    const next = await run.again();
    await next.events.find({ type: "up" });
    expect(left.filter((pid) => run.isAlive(pid))).toEqual([]);
    expect(said(run)).toEqual([]);
    expect(await next.end()).toBe(0);
    await next.nothingLeft();
    nothingSaid(next);
  },
);
