// Faults 27 and 28: ports that others have, and runs that begin together.

import { expect } from "vitest";
import { launch } from "../helpers/launch.ts";
import { freePort } from "../integration/ports/strangers.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

fault(27, async () => {
  const port = await freePort();
  const stranger = `require("node:net").createServer().listen(${port}, "127.0.0.1", () => require("node:fs").writeFileSync("there", ""));`;
  await using run = await startRun(
    { services: { api: { command: "serve.js", port }, other: "exec sleep 1000" } },
    {
      files: { "stranger.cjs": stranger },
      before: "node stranger.cjs & stranger=$!; until [ -e there ]; do sleep 0.02; done",
    },
  );
  const { conflicts } = await run.events.state("api", "blocked");
  const command = expect.stringContaining("stranger.cjs") as string;
  expect(conflicts).toMatchObject([{ holder: { kind: "process", holder: { command } } }]);
  expect(await run.ended).toBe(3);
  // Nobody has consented to its end.
  const [left, ...more] = run.living();
  expect(left?.command).toContain("stranger.cjs");
  expect(more).toEqual([]);
  expect(run.isAlive(left!.pid)).toBe(true);
  run.inside("kill $stranger; wait $stranger");
  await run.nothingLeft();
});

fault(28, async () => {
  await using stack = new AsyncDisposableStack();
  const services = { api: { command: "exec sleep 1000", port: "dynamic", ready: "none" } };
  const starting = Array.from({ length: 12 }, () => startRun({ services }));
  const runs = (await Promise.all(starting)).map((run) => stack.use(run));
  const ups = await Promise.all(runs.map((run) => run.events.state("api", "ready")));
  expect(new Set(ups.map(({ ports }) => ports?.["main"])).size).toBe(12);
  const second = await launch(runs[0]!.project, ["--non-interactive"]);
  expect(second.code).not.toBe(0);
  expect(second.stderr).toContain("already runs here");
  expect(await Promise.all(runs.map((run) => run.end()))).toEqual(runs.map(() => 0));
  await Promise.all(runs.map((run) => run.nothingLeft()));
});
