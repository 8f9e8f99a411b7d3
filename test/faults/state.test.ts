// Faults 5 to 7 and 40: what a killed run has written down is torn, old, or about somebody else; and what launch is made of goes away.

import { copyFileSync, cpSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { encodeDocument } from "../../src/effects/state/document.ts";
import { readState } from "../../src/effects/state/state-file.ts";
import { bin } from "../helpers/launch.ts";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { killBoth, startRun } from "./run.ts";

const services = { one: "exec sleep 1000", two: "exec sleep 1001" };

fault(5, async () => {
  await using run = await startRun({ services });
  await run.events.find({ type: "up" });
  const { project } = run;
  await until(
    "the run to be written down",
    () => readState(project.path(".launch")).state.run?.services["two"]?.live?.ready === true,
  );
  await killBoth(run);
  const whole = Buffer.from(project.read(".launch/state.json"));
  const { state } = readState(project.path(".launch"));
  const directory = project.path("torn");
  mkdirSync(directory);
  writeFileSync(join(directory, "state.json.old"), whole);
  for (let size = 0; size < whole.length; size++) {
    writeFileSync(join(directory, "state.json"), whole.subarray(0, size));
    const found = readState(directory);
    expect(found.state).toEqual(state);
    expect(found.problem).toContain("state.json cannot be used");
  }
  project.write(".launch/state.json", whole.subarray(0, whole.length / 2).toString());
  project.write(".launch/state.json.old", whole.toString());
  const next = await run.again();
  await next.events.find({ type: "up" });
  expect(next.events.all.filter(({ kind }) => kind === "state")).toHaveLength(1);
  // By the copy, what was left has been found.
  expect(next.living().filter(({ command }) => command.startsWith("sleep 100"))).toHaveLength(2);
  expect(await next.end()).toBe(0);
  await next.nothingLeft();
});

fault(6, async () => {
  await using run = await startRun({ services });
  const { pid } = await run.events.state("one", "ready");
  const left = pid!;
  await run.events.find({ type: "up" });
  const directory = run.project.path(".launch");
  await until("the run to be written down", () => readState(directory).state.run?.services["one"]?.live?.pid === pid);
  await killBoth(run);
  const { state } = readState(directory);
  const other = { ...state, run: { ...state.run, boot: "11111111-2222-3333-4444-555555555555 pid:[1]" } };
  for (const file of ["state.json", "state.json.old"]) run.project.write(join(".launch", file), encodeDocument(other));
  const next = await run.again();
  await next.events.find({ type: "up" });
  expect(await next.end()).toBe(0);
  expect(run.isAlive(left)).toBe(true);
  expect(
    next
      .living()
      .map(({ command }) => command)
      .toSorted(),
  ).toEqual(["sleep 1000", "sleep 1001"]);
});

fault(7, async () => {
  await using run = await startRun({ services });
  const { pid = 0 } = await run.events.state("one", "ready");
  await run.events.find({ type: "up" });
  await until(
    "the run to be written down",
    () => readState(run.project.path(".launch")).state.run?.services["one"]?.live?.pid === pid,
  );
  await killBoth(run);
  for (const { pid: left } of run.living()) run.signal("SIGKILL", left);
  // Whoever has ended keeps its number until it is reaped, which a shell does while it waits for something.
  run.inside("for i in 1 2 3 4 5 6 7 8 9; do sleep 0; done");
  run.inside(`echo ${pid - 1} >/proc/sys/kernel/ns_last_pid; sleep 999 & innocent=$!; echo $innocent >innocent`);
  await until("the number to be taken again", () => run.project.has("innocent") && run.project.read("innocent") !== "");
  expect(Number(run.project.read("innocent"))).toBe(pid);

  const next = await run.again();
  await next.events.find({ type: "up" });
  expect(await next.end()).toBe(0);
  expect(run.isAlive(pid)).toBe(true);
  expect(next.living().map(({ command }) => command)).toEqual(["sleep 999"]);
});

fault(40, async () => {
  // A copy of launch, and of Node under another name, for this run alone.
  await using run = await startRun(
    { services: { api: { command: "exec sleep 1000", restart: { delay: 0 }, stop: { timeout: "300ms" } } } },
    {
      command: [
        "sh",
        "-c",
        "until [ -e copied ]; do sleep 0.02; done; exec ./app/node ./app/bin/launch.js --non-interactive --json",
      ],
      args: [],
    },
  );
  const { project } = run;
  const top = dirname(dirname(bin));
  mkdirSync(project.path("app"));
  for (const part of ["bin", "dist", "package.json"]) {
    cpSync(join(top, part), project.path("app", part), { recursive: true });
  }
  try {
    linkSync(process.execPath, project.path("app/node"));
  } catch {
    copyFileSync(process.execPath, project.path("app/node"));
  }
  project.write("copied", "");
  await run.events.find({ type: "up" });
  rmSync(project.path("app"), { recursive: true });
  // Its work goes on …
  const { pid } = await run.events.state("api", "ready");
  run.signal("SIGKILL", pid);
  await run.events.state("api", "ready", { run: 2 });
  // … and so does the guard's.
  await run.end("SIGKILL");
  await run.nothingLeft();
});
