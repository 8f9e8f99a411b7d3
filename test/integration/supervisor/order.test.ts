// In which order a face hears of a run and of what it has written.

import { expect, test } from "vitest";
import { tailLog } from "../../../src/effects/logs/tail.ts";
import { startEngine } from "../../helpers/engine.ts";
import { newProject } from "../../helpers/project.ts";

test("a run is said to be started before its first line, however soon that is written", async () => {
  await using project = newProject({ services: { task: { type: "task", command: "echo hello" } } });
  const { promise: written, resolve } = Promise.withResolvers<void>();
  await using run = await startEngine(project, {}, (forks) => ({
    ...forks,
    // The spawn is answered only when its line could be read.
    async spawn(spec, onEnd) {
      await using _tail = tailLog({ path: project.path(".launch/logs/task.log"), from: 0, onLines: () => resolve() });
      const spawned = await forks.spawn(spec, onEnd);
      await written;
      return spawned;
    },
  }));
  await run.ended;
  const order = run.events.all.map(({ type, state, line }) => state ?? line ?? type);
  expect(order).toEqual(["starting", "running", "hello", "completed"]);
});
