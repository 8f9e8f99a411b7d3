// Faults 1 to 4: launch, its guard or both are killed or frozen.

import { expect } from "vitest";
import { fault } from "./fault.ts";
import { guardOf, killBoth, type Run, startRun } from "./run.ts";

/** Services that do not make it easy: one is deaf, one has a daemon without an environment in a session of its own. */
const hostile = {
  services: {
    plain: "exec sleep 1000",
    deaf: {
      command: "trap '' TERM; echo deaf; while :; do sleep 0.1; done",
      ready: { log: "deaf" },
      stop: { timeout: "300ms" },
    },
    daemon: {
      command: "(setsid env -i /bin/sh -c 'trap \"\" HUP; exec sleep 1000' &); echo out; exec sleep 1000",
      ready: { log: "out" },
    },
    last: { command: "exec sleep 1000", depends_on: ["plain", "deaf", "daemon"] },
  },
};

/** The next run of the same project comes up, and leaves nothing behind. */
async function startsAgain(killed: Run): Promise<void> {
  const next = await killed.again();
  await next.events.find({ type: "up" });
  expect(await next.end()).toBe(0);
  await next.nothingLeft();
}

fault(1, async () => {
  const phases: readonly ((run: Run) => Promise<unknown>)[] = [
    (run) => run.events.state("plain", "starting"),
    (run) => run.events.state("daemon", "started"),
    (run) => run.events.find({ type: "up" }),
    async (run) => {
      await run.events.find({ type: "up" });
      run.signal("SIGTERM");
      await run.events.state("last", "stopping");
    },
  ];
  await Promise.all(
    phases.map(async (reached) => {
      await using run = await startRun(hostile);
      await reached(run);
      expect(await run.end("SIGKILL")).toBe(137);
      await run.nothingLeft();
      await startsAgain(run);
    }),
  );
});

fault(2, async () => {
  await using run = await startRun(hostile);
  await run.events.find({ type: "up" });
  const guard = guardOf(run);
  run.signal("SIGKILL", guard);
  await run.events.find({ type: "noticed", kind: "guard-lost" });
  expect(guardOf(run)).not.toBe(guard);
  // The new one has been told what there is to end.
  await run.end("SIGKILL");
  await run.nothingLeft();
});

fault(3, async () => {
  await using run = await startRun(hostile);
  await run.events.find({ type: "up" });
  await killBoth(run);
  const left = run.living();
  expect(left.length).toBeGreaterThan(3);
  const next = await run.again();
  await next.events.state("plain", "starting");
  // Before anything was started, all that was left had ended.
  expect(left.filter(({ pid }) => run.isAlive(pid))).toEqual([]);
  expect(next.events.all.findIndex(({ kind }) => kind === "former-run")).toBeGreaterThanOrEqual(0);
  await next.events.find({ type: "up" });
  expect(await next.end()).toBe(0);
  await next.nothingLeft();
});

fault(4, async () => {
  const health = { http: "/health", interval: "100ms", timeout: "4s", failures: 1, restart: true };
  const until = "until [ -e go ]; do sleep 0.02; done; echo there; exec sleep 1000";
  await using run = await startRun({
    services: {
      api: { command: "serve.js", port: "dynamic", health },
      slow: { command: until, ready: { log: "there", timeout: "4s" }, depends_on: ["api"] },
    },
  });
  await run.events.state("slow", "started");
  // How long it stands still is the fault itself.
  run.signal("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 4500));
  run.signal("SIGCONT");
  run.project.write("go", "");
  const stalled = await run.events.find({ type: "noticed", kind: "stalled" });
  expect(stalled["for"]).toBeGreaterThan(2000);
  await run.events.find({ type: "up" });
  expect(run.events.all.filter(({ health: word, run: number }) => word === "unhealthy" || (number ?? 1) > 1)).toEqual(
    [],
  );
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});
