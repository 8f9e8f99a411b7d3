// Faults 12 to 21: services that crash, will not end, or leave something behind.

import { expect } from "vitest";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

fault(12, async () => {
  const command = "[ -e once ] && exec sleep 1000; touch once; kill -9 $$";
  await using run = await startRun({ services: { api: { command, restart: { delay: "20ms" } } } });
  const backoff = await run.events.state("api", "backoff");
  expect(backoff.reason).toContain("SIGKILL (killed, possibly out of memory)");
  await run.events.state("api", "ready", { run: 2 });
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

fault(13, async () => {
  const restart = { delay: "2ms", max_delay: "20ms", max_restarts: 4, window: "1m" };
  await using run = await startRun({
    services: { api: { command: "exit 1", restart }, web: { command: "sleep 1000", depends_on: ["api"] } },
  });
  const failed = await run.events.state("api", "failed");
  expect(failed.reason).toContain("crash loop: restarted 4 times");
  expect(run.events.all.filter(({ service, phase }) => service === "api" && phase === "starting")).toHaveLength(5);
  expect(await run.ended).toBe(1);
  expect(run.events.states("web")).not.toContain("starting");
  await run.nothingLeft();
});

fault(14, async () => {
  const restart = { delay: "2ms", max_restarts: 2, window: "1m" };
  // Each run serves until it is told to crash.
  const command =
    "n=$(($(cat runs || echo 0) + 1)); echo $n >runs; echo serves; until [ -e crash$n ]; do sleep 0.02; done; exit 1";
  await using run = await startRun({ services: { api: { command, ready: { log: "serves" }, restart } } });
  for (const number of [1, 2, 3]) {
    await run.events.state("api", "ready", { run: number });
    run.project.write(`crash${number}`, "");
  }
  const failed = await run.events.state("api", "failed");
  expect(failed.reason).toContain("crash loop: restarted 2 times");
  expect(await run.ended).toBe(1);
  await run.nothingLeft();
});

fault(15, async () => {
  await using run = await startRun({
    services: {
      api: { command: "echo done; exit 0", ready: { log: "done" }, restart: "on-failure" },
      other: "exec sleep 1000",
    },
  });
  await run.events.state("api", "exited");
  await run.events.state("other", "ready");
  expect(await run.end()).toBe(0);
  expect(run.events.states("api").filter((state) => state === "starting")).toHaveLength(1);
  await run.nothingLeft();
});

fault(16, async () => {
  const command = "trap '' TERM; echo deaf; while :; do sleep 0.1; done";
  const services = { api: { command, ready: { log: "deaf" }, stop: { timeout: "200ms" } } };
  await using run = await startRun({ services }, { args: ["--non-interactive"] });
  await until("all to be up", () => run.said().includes("all up after"), run.said);
  expect(await run.end()).toBe(0);
  expect(run.said()).toContain("killed, it did not end in time");
  await run.nothingLeft();
});

fault(17, async () => {
  const services = {
    api: { command: "echo up; kill -STOP $$; sleep 1000", ready: { log: "up" }, stop: { timeout: "10m" } },
  };
  await using run = await startRun({ services });
  await run.events.find({ type: "up" });
  // Its grace is longer than any patience here: it ends because it is continued.
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

fault(18, async () => {
  const command = "(setsid env -i /bin/sh -c 'sleep 1000 & wait' &); echo out; exec sleep 1000";
  await using run = await startRun({ services: { api: { command, ready: { log: "out" } } } });
  await run.events.find({ type: "up" });
  expect(await run.end()).toBe(0);
  const notice = run.events.all.find(({ kind }) => kind === "left-behind");
  expect(notice?.service).toBe("api");
  expect(JSON.stringify(notice?.["ended"])).toContain("sleep 1000");
  await run.nothingLeft();
});

fault(19, async () => {
  await using run = await startRun({
    services: {
      api: {
        command: "[ -e twice ] && exec sleep 3; touch twice; sleep 1000 & sleep 1001 & exit 3",
        ready: { log: "never", timeout: "1h" },
        restart: { delay: 0 },
      },
    },
  });
  await run.events.state("api", "started", { run: 2 });
  expect(run.living().filter(({ command }) => command.startsWith("sleep 100"))).toEqual([]);
  await run.end();
  await run.nothingLeft();
});

fault(20, async () => {
  const hop = "sleep 0.005; setsid sh hop.sh & exit";
  const services = { api: { command: "sh hop.sh & echo hopping; exec sleep 1000", ready: { log: "hopping" } } };
  const endings = ["SIGTERM", "SIGKILL"] as const;
  await Promise.all(
    endings.map(async (signal) => {
      await using run = await startRun({ services }, { files: { "hop.sh": hop } });
      await run.events.find({ type: "up" });
      await run.end(signal);
      await run.nothingLeft();
    }),
  );
});

fault(21, async () => {
  await using run = await startRun({ services: { api: { command: "sleep 1000 & exit 3", restart: "no" } } });
  const failed = await run.events.state("api", "failed");
  expect(failed.reason).toContain("exit code 3");
  expect(await run.ended).toBe(1);
  await run.nothingLeft();
});
