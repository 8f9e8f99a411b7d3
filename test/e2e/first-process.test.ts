// launch as the first process of a container: everything that loses its parent becomes its child, and signals come to it first.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { bin } from "../helpers/launch.ts";
import { firstProcessOf, inhabitants, unshare } from "../helpers/namespace.ts";
import { isAlive } from "../helpers/processes.ts";
import { type Manifest, newProject, type TestProject } from "../helpers/project.ts";
import { until, within } from "../helpers/wait.ts";

interface Container extends AsyncDisposable {
  readonly project: TestProject;
  readonly said: () => string;
  /** The shell that stands in for launch, as the machine numbers it. */
  readonly first: () => number;
  readonly ended: Promise<number | null>;
}

/** Starts launch as the first process of a namespace. */
function startFirst(manifest: Manifest, args: readonly string[] = ["--non-interactive"]): Container {
  const project = newProject(manifest);
  const [file = "", ...flags] = unshare ?? [];
  const child = spawn(file, [...flags, process.execPath, bin, ...args], {
    cwd: project.directory,
    env: project.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (data) => (said += data));
  child.stderr.on("data", (data) => (said += data));
  const closed = once(child, "close").then(([code]) => code as number | null);
  const first = (): number => {
    const pid = firstProcessOf(child.pid!);
    if (pid === undefined) throw new Error(`there is no first process\n${said}`);
    return pid;
  };
  return {
    project,
    said: () => said,
    first,
    get ended() {
      return within("the end of the container", closed, () => said);
    },
    async [Symbol.asyncDispose]() {
      // Its first process dies with it, and everything else with that.
      const last = firstProcessOf(child.pid!);
      child.kill("SIGKILL");
      await closed;
      await until("the container to be gone", () => last === undefined || !isAlive(last));
      await project[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(unshare === undefined)("as the first process of a container", () => {
  test.concurrent("leaves no zombie of what has lost its parent", async () => {
    const orphans = "for i in 1 2 3 4 5; do (sleep 0.02 & sleep 0.01 &); done; echo done; exec sleep 1000";
    await using container = startFirst({ services: { app: { command: orphans, ready: { log: "done" } } } });
    await until("all to be up", () => container.said().includes("all up after"), container.said);
    await until("the orphans to be gone", () => {
      const commands = inhabitants(container.first()).map(({ command }) => command);
      return !commands.some((command) => command.startsWith("sleep 0.0"));
    });
    const ended = inhabitants(container.first()).filter(({ state }) => state === "Z");
    expect(ended.map(({ pid }) => pid)).toEqual([]);
    process.kill(container.first(), "SIGTERM");
    expect(await container.ended).toBe(0);
  });

  test.concurrent.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("hands on %s and ends with launch's own code, %i", async (signal, code) => {
    await using container = startFirst({
      services: {
        slow: {
          command: "trap 'echo asked; exit' TERM; echo here; while :; do sleep 0.02; done",
          ready: { log: "never" },
        },
      },
    });
    await until("it to run", () => container.said().includes("here"), container.said);
    process.kill(container.first(), signal);
    expect(await container.ended).toBe(code);
    expect(container.said()).toContain("asked");
  });

  test.concurrent("ends with 0 after a task that went well, and with 1 after one that did not", async () => {
    await using good = startFirst({ services: { task: { type: "task", command: "exit 0" } } });
    await using bad = startFirst({ services: { task: { type: "task", command: "exit 5" } } });
    expect([await good.ended, await bad.ended]).toEqual([0, 1]);
  });
});
