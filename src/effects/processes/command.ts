// A short command of ours whose end we wait for, such as a service's `stop.command`: run by execa in a group of its own,
// bounded in time, its output appended to the service's log.

import type { Millis } from "../../core/service.ts";
import type { RenderedCommand } from "./spawn.ts";
import { signalProcess } from "./signal.ts";

/** Runs the command to its end, at most `timeout`; answers what went wrong in words, or undefined. */
export async function runCommand(
  command: RenderedCommand,
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    /** The path of the file that gets what it prints. */
    readonly log: string;
    readonly timeout: Millis;
  },
): Promise<string | undefined> {
  const { execa } = await import("execa");
  const [file = "", ...args] = "shell" in command ? ["/bin/sh", "-c", command.shell] : command.args;
  const child = execa(file, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    stdin: "ignore",
    stdout: { file: options.log, append: true },
    stderr: { file: options.log, append: true },
    detached: true,
    cleanup: false,
    reject: false,
    timeout: options.timeout,
  });
  const { pid } = child;
  const result = await child;
  // The time-out ends the leader alone; whatever it started goes with its group.
  if (result.timedOut && pid !== undefined) signalProcess({ pid, group: true }, "SIGKILL");
  return result.failed ? result.shortMessage : undefined;
}
