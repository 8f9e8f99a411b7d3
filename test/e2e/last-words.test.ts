// An engine that dies by itself while somebody waits for it: how, and what it had said.

import { expect, onTestFinished, test } from "vitest";
import { launch, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

test("launch -d --wait says how the engine died and its last words, and engine.log keeps them", async () => {
  const dying = `if (process.argv.includes("--engine") && !process.argv.includes("--reclaim")) {
    process.once("SIGUSR2", () => {
      require("node:fs").writeSync(2, "FATAL ERROR: nothing works\\n");
      process.kill(process.pid, "SIGTRAP");
    });
    require("node:fs").writeFileSync("engine-pid", String(process.pid));
  }`;
  const project = newProject(
    { name: "shop", services: { never: { command: "touch begun; exec sleep 1000", ready: { log: "^up$" } } } },
    { "dying.cjs": dying },
  );
  onTestFinished(() => project[Symbol.asyncDispose]());
  // Options of Node's own command line are for the engine too.
  const program = [process.execPath, `--require=${project.path("dying.cjs")}`];
  await using going = startLaunch(project, ["-d", "--wait"], { program });
  await until("its service", () => project.has("begun"));
  const pid = Number(project.read("engine-pid"));
  process.kill(pid, "SIGUSR2");
  expect(await going.ended).toBe(1);
  // Whether all of it has ended by then is a matter of moments.
  const words = new RegExp(
    `The engine of shop \\(pid ${pid}\\) died by SIGTRAP[^\\n]*\\nIts last words:\\n  FATAL ERROR: nothing works\\n`,
  );
  expect(going.stderr()).toMatch(words);
  expect(project.read(".launch/engine.log")).toMatch(words);
  // Also while the next engine is just coming.
  expect((await launch(project, ["down"])).code).toBe(0);
  expect(project.processes()).toEqual([]);
});
