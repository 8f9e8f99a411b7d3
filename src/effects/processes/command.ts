// A short command of ours whose end we wait for, such as a service's `stop.command`: in a group of its own, of which nothing
// outlives it, its output in the service's log.

import type { Failure } from "../../core/failure.ts";
import type { Ending } from "../../core/state.ts";
import { shellFault } from "./fault.ts";
import { signalProcess } from "./signal.ts";
import { spawnService } from "./spawn.ts";
import type { Spawn } from "./spec.ts";

/**
 * Runs the command to its end, or kills it once the signal is aborted; answers what went wrong, undefined for success. Never
 * rejects for what the command is or does.
 */
export async function runCommand(spec: Omit<Spawn, "stdin">, signal: AbortSignal): Promise<Failure | undefined> {
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
  const spawned = await spawnService({ ...spec, stdin: "null" }, end);
  if (!("pid" in spawned)) return spawned;
  const killGroup = (): void => void signalProcess({ pid: spawned.pid, group: true, anyUser: true }, "SIGKILL");
  if (signal.aborted) killGroup();
  signal.addEventListener("abort", killGroup, { once: true });
  const ending = await ended;
  signal.removeEventListener("abort", killGroup);
  killGroup();
  if ("failure" in ending) return ending.failure;
  const { exit } = ending;
  return exit.code === 0 ? undefined : (shellFault(spec, exit) ?? { kind: "exit", exit });
}
