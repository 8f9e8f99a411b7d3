// What `launch` starts, and how it shows that: in the way that fits where it was called.

import { exitCodeOf } from "../core/state.ts";
import { checkStartOptions, defaultTimeout, nothingToStart } from "./start-options.ts";
import { openFace } from "./face.ts";
import { declineEngine } from "./engine-process.ts";
import { openHeadStart } from "./head-start.ts";
import { sayLastLines } from "./last-lines.ts";
import { openLive } from "./live.ts";
import type { UpArgs } from "./options.ts";
import { chooseServices } from "./project.ts";
import { openTerminalGuard } from "../tui/terminal/guard.ts";
import { isInteractive, wantsDashboard } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Runs until everything has ended, or until the run is in the background; answers the exit code. */
export async function bringUp(args: UpArgs): Promise<number> {
  if (args.reclaim) return (await import("./reclaim.ts")).reclaim(args);
  if (args.engine) return (await import("./serve.ts")).serve(args);
  checkStartOptions(args);
  if (args.detach || args.wait) return (await import("./detach.ts")).detach(args);
  if (isInteractive(args)) {
    // First of all, so that it sees the terminal's modes as they were.
    const guard = args.plain === true ? undefined : openTerminalGuard();
    const settings = await (await import("./preferences.ts")).readSettings();
    if (wantsDashboard(args, settings)) return (await import("./dashboard.ts")).showDashboard(args, settings, guard);
    guard?.[Symbol.dispose]();
  }
  declineEngine();
  return runHere(args);
}

/** Engine and plain lines in this one process. */
async function runHere(args: UpArgs): Promise<number> {
  await using headStart = openHeadStart();
  const chosen = await chooseServices(args);
  if (chosen === undefined) return 2;
  if (chosen.services.length === 0) throw new UsageError(nothingToStart);
  const interactive = isInteractive(args);
  const face = openFace(chosen, args, {
    interactive,
    output: process.stdout,
    hint: interactive ? "Ctrl-C stops everything." : "",
  });
  await using live = await openLive(chosen, args, face, {
    interactive,
    patient: interactive,
    ...(!interactive && { timeout: args.timeout ?? defaultTimeout }),
    headStart,
    restarts: true,
    onFailure: args.onFailure ?? (interactive ? "continue" : "stop"),
    endWhenSettled: true,
  });
  live.supervisor.request({ type: "up", services: chosen.services.map(({ name }) => name), needed: chosen.needed });
  const outcome = await live.ended;
  if (!args.json && exitCodeOf(outcome) !== 0) sayLastLines(face, live.supervisor, outcome);
  await face.conclude(outcome, live.supervisor.snapshot());
  return exitCodeOf(outcome);
}
