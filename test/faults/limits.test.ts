// Faults 8 to 11: the disk, descriptors and processes run out.

import { rmSync } from "node:fs";
import { expect } from "vitest";
import { until } from "../helpers/wait.ts";
import type { Said } from "../helpers/events.ts";
import { bin } from "../helpers/launch.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

fault(8, async () => {
  const chatty =
    'i=0; while [ ! -e stop ]; do echo "line $i, of which there are many more than there is room for"; i=$((i+1)); done 2>/dev/null; exec sleep 1000';
  await using run = await startRun(
    {
      services: {
        chatty: { command: chatty, ready: "none" },
        api: {
          command: "until [ -e say ]; do sleep 0.02; done; echo there is room again; exec sleep 1001",
          ready: "none",
        },
      },
    },
    {
      args: ["--non-interactive", "--json"],
      // The first process frees it, because nobody outside sees what is mounted.
      before: `mkdir .launch && mount -t tmpfs -o size=400k none .launch
        (until [ -e free ]; do sleep 0.02; done; : >.launch/logs/chatty.log; : >freed) &
        (until [ $(df --output=avail .launch | tail -1) = 0 ]; do sleep 0.02; done; : >full) &`,
    },
  );
  await run.events.find({ type: "up" });
  await until("the disk to be full", () => run.project.has("full"));
  const isFull = ({ message }: Said): boolean => String(message).includes("is full");
  await run.events.find(isFull);
  run.project.write("stop", "");
  run.project.write("free", "");
  await until("room", () => run.project.has("freed"));
  run.project.write("say", "");
  await run.events.find({ type: "log", service: "api", line: "there is room again" });
  expect(run.events.all.filter(isFull)).toHaveLength(1);
  expect(await run.end()).toBe(0);
  expect(run.events.all.filter(({ state, run: number }) => state === "failed" || (number ?? 1) > 1)).toEqual([]);
  await run.nothingLeft();
});

fault(9, async () => {
  await using run = await startRun({
    services: { api: { command: "exec sleep 1000", restart: { delay: 0 } }, web: "exec sleep 1001" },
  });
  await run.events.find({ type: "up" });
  rmSync(run.project.path(".launch"), { recursive: true, maxRetries: 10 });
  const { pid } = await run.events.state("api", "ready");
  run.signal("SIGKILL", pid);
  // Its log has a directory again.
  await run.events.state("api", "ready", { run: 2 });
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

fault(10, async () => {
  // One after the other, so that it is known whom it hits.
  const service = (n: number): object => ({
    command: "echo up; exec sleep 1000",
    ready: { log: "up" },
    restart: { delay: 0, max_restarts: 1 },
    ...(n > 0 && { depends_on: [`s${n - 1}`] }),
  });
  const services = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`s${n}`, service(n)]));
  await using run = await startRun(
    { services },
    { before: "ulimit -n 64", args: ["--non-interactive", "--json", "--on-failure", "continue"] },
  );
  const { service: name = "", reason } = await run.events.find({ type: "state", state: "failed" });
  expect(reason).toContain("EMFILE");
  const before = Number(name.slice(1));
  expect(before).toBeGreaterThan(3);
  // The others live; the last of them may be a shell still when the next one fails.
  const living = (): number => run.living().filter(({ command }) => command === "sleep 1000").length;
  await until("the others to be their programs", () => living() === before, run.said);
  await run.end();
  await run.nothingLeft();
});

fault(11, async () => {
  const names = Array.from({ length: 40 }, (_, n) => `s${n}`);
  const services = Object.fromEntries(
    names.map((name) => [name, { command: "exec sleep 1000", restart: { delay: "10ms", max_restarts: 2 } }]),
  );
  await using run = await startRun(
    { services },
    {
      before: "chown -R 31999 .",
      command: ["setpriv", "--reuid=31999", "--clear-groups", "--", "prlimit", "--nproc=40", process.execPath, bin],
      args: ["--non-interactive", "--json", "--on-failure", "continue"],
    },
  );
  await until(
    "every service to be up or down",
    () => names.every((name) => run.events.states(name).some((state) => state === "ready" || state === "failed")),
    run.said,
  );
  const failed = run.events.all.filter(({ state }) => state === "failed");
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length).toBeLessThan(40);
  expect(failed.map(({ reason }) => reason).join("\n")).toContain("EAGAIN");
  await run.end();
  await run.nothingLeft();
});
