// The engine as a process of its own: it runs the services and shows nothing; faces attach to it and come and go.

import { Socket } from "node:net";
import { exitCodeOf } from "../core/state.ts";
import { type EngineKind, lifelineDescriptor } from "./engine-process.ts";
import { newSilentFace } from "./face.ts";
import { openLive } from "./live.ts";
import type { UpArgs } from "./options.ts";
import { chooseServices, otherServices } from "./project.ts";
import { nothingToStart } from "./up.ts";
import { UsageError } from "./usage-error.ts";

/** Runs until it is asked to end, or until the face that started it goes away without detaching; answers the exit code. */
export async function serve(args: UpArgs, kind: EngineKind): Promise<number> {
  const lifeline = new Socket({ fd: lifelineDescriptor, readable: true, writable: true });
  // A face that goes before it is served: that it is gone is heard when it is.
  lifeline.on("error", () => {});
  const chosen = await chooseServices(args);
  if (chosen === undefined) return 2;
  if (chosen.services.length === 0) throw new UsageError(nothingToStart);
  // Whoever read what went wrong at the start may be gone by the time there is more to say.
  process.stderr.on("error", () => {});
  // In the background it is whoever waits for it that gives up.
  const timed = kind === "detached" ? { ...args, timeout: undefined } : args;
  await using live = await openLive(chosen, timed, newSilentFace(args), {
    interactive: false,
    patient: true,
    restarts: true,
    onFailure: args.onFailure ?? "continue",
    endWhenSettled: false,
    others: otherServices(chosen, args),
    lifeline: { stream: lifeline, watching: kind === "watched" },
  });
  live.supervisor.request({ type: "up", services: chosen.services.map((service) => service.name) });
  return exitCodeOf(await live.ended);
}
