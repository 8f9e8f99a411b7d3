// `launch` and `launch up`: starts what was asked for, shows it as plain lines, and stays until it ends.

import { exitCodeOf } from "../core/state.ts";
import { checkStartOptions } from "./start-options.ts";
import { openFace } from "./face.ts";
import type { UpArgs } from "./options.ts";
import { chooseServices } from "./project.ts";
import { isInteractive } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Runs until everything has ended; answers the exit code. */
export async function run(args: UpArgs): Promise<number> {
  const chosen = await chooseServices(args);
  if (chosen === undefined) return 2;
  if (args.checkOnly) return (await import("./check.ts")).check(chosen, args);
  if (chosen.services.length === 0) {
    throw new UsageError("No service is enabled in these profiles, so there is nothing to start.");
  }

  checkStartOptions(args);
  const interactive = isInteractive(args);
  const face = openFace(chosen, args, {
    interactive,
    output: process.stdout,
    hint: interactive ? "Ctrl-C stops everything." : "",
  });
  // A check does without the engine.
  const { openLive } = await import("./live.ts");
  await using live = await openLive(chosen, args, face, {
    interactive,
    restarts: true,
    onFailure: args.onFailure ?? (interactive ? "continue" : "stop"),
    endWhenSettled: true,
  });
  live.supervisor.request({ type: "up", services: chosen.services.map((service) => service.name) });
  const outcome = await live.ended;
  await face.conclude(outcome, live.supervisor.snapshot());
  return exitCodeOf(outcome);
}
