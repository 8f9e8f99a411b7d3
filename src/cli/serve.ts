// The engine as a process of its own: it runs the services and shows nothing; faces attach to it and come and go.

import { exitCodeOf } from "../core/state.ts";
import { statePaths } from "../effects/state/directory.ts";
import type { Go } from "./early-engine.ts";
import { keepTrace } from "./engine-log.ts";
import { newSilentFace } from "./face.ts";
import { openHeadStart } from "./head-start.ts";
import { openLifeline } from "./lifeline.ts";
import { type Live, type LiveOptions, openLive } from "./live.ts";
import type { UpArgs } from "./options.ts";
import { type Chosen, chooseServices, otherServices } from "./project.ts";
import { nothingToStart } from "./start-options.ts";
import { UsageError } from "./usage-error.ts";

/** Runs until it is asked to end, or until the face that started it goes away without detaching; answers the exit code. */
export async function serve(typed: UpArgs): Promise<number> {
  const lifeline = openLifeline();
  const chosen = await Promise.race([chooseServices(typed), lifeline.gone]);
  if (chosen === "gone") return 0;
  if (chosen === undefined) return 2;
  if (chosen.services.length === 0) throw new UsageError(nothingToStart);
  const go = await lifeline.go;
  if (go === undefined) return 0;
  lifeline.release();
  // Not before, for who is not needed shall leave nothing behind.
  await using headStart = openHeadStart();
  await using live = await openServed(chosen, typed, go, {
    headStart,
    onDeath: go.kind === "detached" ? "reclaim" : "end",
    lifeline: { stream: lifeline.stream, watching: go.kind === "watched" },
  });
  live.supervisor.request({ type: "up", services: chosen.services.map(({ name }) => name), needed: chosen.needed });
  return exitCodeOf(await live.ended);
}

/** An engine whose faces are elsewhere. */
export function openServed(
  chosen: Chosen,
  typed: UpArgs,
  go: Go,
  options: Pick<LiveOptions, "headStart" | "lifeline" | "onDeath" | "reclaim">,
): Promise<Live> {
  // In the background it is whoever waits for it that gives up.
  const args = { ...typed, color: go.colors, ...(go.kind === "detached" && { timeout: undefined }) };
  const { directory } = statePaths(chosen.project.root, args.instance, process.env);
  process.on("uncaughtExceptionMonitor", (error) => keepTrace(directory, error.stack ?? error.message));
  // Whoever read what went wrong at the start may be gone by the time there is more to say.
  process.stderr.on("error", () => {});
  return openLive(chosen, args, newSilentFace(args), {
    ...options,
    successor: successor(),
    interactive: false,
    patient: go.kind === "watched",
    restarts: true,
    onFailure: args.onFailure ?? "continue",
    endWhenSettled: false,
    // A failure stays to be looked at; and a person at a dashboard looks at success as well.
    ...(go.kind === "detached" && { endWhenCompleted: true as const }),
    others: otherServices(chosen, args),
  });
}

/** This same command as the one that goes on where another engine has died. */
function successor(): readonly string[] {
  const typed = process.argv.slice(1).filter((word) => word !== "--reclaim");
  return [process.execPath, ...process.execArgv, ...typed, "--reclaim"];
}
