// Faults 37 and 38: the wall clock is set, and faces that do not read.

import { once } from "node:events";
import { connect } from "node:net";
import { expect, vi } from "vitest";
import { dialSession } from "../../src/client/session.ts";
import { startEngine } from "../helpers/engine.ts";
import { newProject } from "../helpers/project.ts";
import { within } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

fault(37, async () => {
  const health = { exec: "echo x >>asked", interval: "20ms", failures: 1, restart: true };
  await using project = newProject({
    services: {
      api: { command: "exec sleep 1000", health },
      slow: {
        command: "until [ -e go ]; do sleep 0.02; done; echo there; exec sleep 1000",
        ready: { log: "there", timeout: "1h" },
        depends_on: ["api"],
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("slow", "started");
  const real = Date.now;
  using clock = vi.spyOn(Date, "now");
  const asked = (): number => (project.has("asked") ? project.read("asked").length : 0);
  for (const hours of [1, -1, 24 * 365]) {
    clock.mockImplementation(() => real() + hours * 3_600_000);
    const before = asked();
    await vi.waitUntil(() => asked() > before + 3, { timeout: 20_000, interval: 5 });
  }
  project.write("go", "");
  await run.events.find({ type: "up" });
  const changes = run.events.all.filter(({ type }) => type === "state");
  expect(
    changes.filter(
      ({ run: number, health: word, state }) => (number !== 1 && state !== "idle") || word === "unhealthy",
    ),
  ).toEqual([]);
  // A busy machine may hold it up for real; an hour it does not.
  expect(run.events.all.filter((said) => said["kind"] === "stalled" && Number(said["for"]) > 600_000)).toEqual([]);
  expect(await run.stop()).toBe(0);
});

fault(38, async () => {
  await using run = await startRun({
    services: { api: { command: `: ${"x".repeat(100_000)}; exec sleep 1000` } },
  });
  await run.events.find({ type: "up" });
  const directory = run.project.path(".launch");
  const slow = connect(`${directory}/control.sock`);
  // Nobody reads what comes.
  slow.on("error", () => {});
  await once(slow, "connect");
  // Not `once`: being reset is as good an end as any.
  const closed = new Promise<void>((resolve) => slow.on("close", () => resolve()));
  for (let id = 1; id <= 400; id++) {
    slow.write(`${JSON.stringify({ type: "ask", id, question: { kind: "details", service: "api" } })}\n`);
  }
  const vanished = connect(`${directory}/control.sock`);
  vanished.on("error", () => {});
  await once(vanished, "connect");
  vanished.write('{"type":"ask","id":1,');
  vanished.destroy();

  await using other = (await dialSession(directory))!;
  const before = performance.now();
  expect(await other.details("api")).toBeDefined();
  expect(performance.now() - before).toBeLessThan(5000);
  // Its end is seen by whoever reads at last.
  slow.resume();
  await within("the slow one to be dropped", closed, run.said);
  expect(await other.details("api")).toBeDefined();
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});
