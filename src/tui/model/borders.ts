// What the engine's journal says about where one run ends in a log and the next begins.

import type { Entry } from "../../core/event.ts";
import { describe, describeExit } from "../../core/failure.ts";
import type { RunLogs } from "../logs/logs.ts";

/** Draws the borders that an entry tells of; `isNew`: it has just come. */
export function noteBorders(logs: RunLogs, { event, changes }: Entry, isNew: boolean): void {
  if (event.type === "exited" && event.logEnd !== undefined) {
    const { end } = event;
    const words = "exit" in end ? `ended with ${describeExit(end.exit)}` : describe(end.failure);
    logs.ended(event.service, event.logEnd, words, isNew);
  }
  for (const { before, after } of changes) {
    if (after.run > before.run && after.run > 1) logs.begun(after.service.name, after.run);
  }
}
