// A short command of ours whose end we wait for, such as a service's `stop.command`: in a group of its own, of which nothing
// outlives it, its output in the service's log.

import { signalProcess } from "./signal.ts";
import { spawnService } from "./spawn.ts";
import type { Spawn } from "./spec.ts";

/** Runs the command to its end, or kills it once the signal is aborted; never rejects for what the command is or does. */
export async function runCommand(spec: Omit<Spawn, "stdin">, signal: AbortSignal): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const spawned = await spawnService({ ...spec, stdin: "null" }, () => end());
  if (!("pid" in spawned)) return;
  const killGroup = (): void => void signalProcess({ pid: spawned.pid, group: true, anyUser: true }, "SIGKILL");
  if (signal.aborted) killGroup();
  signal.addEventListener("abort", killGroup, { once: true });
  await ended;
  signal.removeEventListener("abort", killGroup);
  killGroup();
}
