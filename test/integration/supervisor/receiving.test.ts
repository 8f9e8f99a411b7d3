// A service whose exit code is kept is begun by a shell that waits for it; until the service itself has begun, signals to its group
// reach that shell alone.

import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { now } from "../../../src/effects/clock.ts";
import { type ForkServer, openForkServer } from "../../../src/effects/processes/fork-server.ts";
import { mainProcess, mainProcessBegun, mainProcessEnded } from "../../../src/effects/processes/main-process.ts";
import { isProcess } from "../../../src/effects/processes/proc.ts";
import { spawnService } from "../../../src/effects/processes/spawn.ts";
import { askToEnd, signalGroup } from "../../../src/supervisor/ending.ts";
import type { Live } from "../../../src/supervisor/live.ts";
import { until } from "../../helpers/wait.ts";

let directory: string;
let forks: ForkServer | undefined;
const begun: { readonly pid: number; readonly startTicks: number | undefined }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "launch-receiving-"));
});
afterEach(async () => {
  for (const one of begun.splice(0)) if (isProcess(one)) process.kill(-one.pid, "SIGKILL");
  await forks?.[Symbol.asyncDispose]();
  forks = undefined;
  rmSync(directory, { recursive: true });
});

const tag = 2n ** 61n + (BigInt(process.pid) << 20n) + 500_000n;

/** Begins `sleep` with its exit code kept, does something to it in the same moment, and answers how it ended. */
async function afterSpawn(index: number, to: "group" | "leader", act: (live: Live) => void): Promise<unknown> {
  const output = openSync(join(directory, "log"), "a");
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const status = join(directory, `status-${index}`);
  const spawned = await spawnService(
    {
      command: { args: ["sleep", "1000"] },
      cwd: directory,
      env: { PATH: process.env["PATH"] ?? "" },
      stdin: "null",
      output,
      tag: String(tag + BigInt(index)),
      status,
    },
    resolve,
    forks,
  );
  closeSync(output);
  if (!("pid" in spawned)) throw new Error(JSON.stringify(spawned));
  begun.push(spawned);
  const service = { stop: { to, signal: "SIGTERM" } };
  act({ ...spawned, status, spawnedAt: now(), preparation: { service } } as unknown as Live);
  return promise;
}

/** Without the rule two of five are lost. */
const many = 20;

test.for([
  { by: "the fork server", open: openForkServer, to: "group" },
  { by: "the fork server", open: openForkServer, to: "leader" },
  { by: "Node", open: () => undefined, to: "group" },
  { by: "Node", open: () => undefined, to: "leader" },
] as const)("a stop signal to the $to of what was spawned by $by this moment ends it", async ({ open, to }) => {
  forks = open();
  for (let index = 0; index < many; index++) {
    const end = await afterSpawn(index, to, (live) => {
      askToEnd(live, { output: () => -1, forks, report: () => {} });
    });
    expect(end).toEqual({ exit: { code: null, signal: "SIGTERM" } });
  }
});

test("any other signal reaches it as well", async () => {
  forks = openForkServer();
  for (let index = 0; index < many; index++) {
    expect(await afterSpawn(index, "group", (live) => void signalGroup(live, "SIGUSR2"))).toEqual({
      exit: { code: null, signal: "SIGUSR2" },
    });
  }
});

test("its end is seen though the shell has not told it, and its life is", async () => {
  let seen: unknown;
  const { signal } = new AbortController();
  const ended = await afterSpawn(0, "leader", ({ pid = 0, startTicks, status = "" }) => {
    seen = (async () => {
      const isOver = (): Promise<boolean> => mainProcessEnded(pid, status, signal);
      await mainProcessBegun({ pid, startTicks });
      const before = await isOver();
      // The shell can tell nothing, as on a machine that is too busy.
      process.kill(pid, "SIGSTOP");
      const main = mainProcess(pid);
      process.kill(main?.pid ?? 0, "SIGKILL");
      await until("the main process to be dead", () => main === undefined || !isProcess(main));
      const after = await isOver();
      process.kill(pid, "SIGCONT");
      return { before, after };
    })();
  });
  expect(ended).toEqual({ exit: { code: null, signal: "SIGKILL" } });
  expect(await seen).toEqual({ before: false, after: true });
});
