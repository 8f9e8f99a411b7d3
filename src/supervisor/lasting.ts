// What a run is given that may outlive the engine: an input that does not end with it, and somebody who keeps its exit code.

import { closeSync } from "node:fs";
import type { Service } from "../core/service.ts";
import { openEndlessInput } from "../effects/processes/endless-input.ts";
import type { Spawn } from "../effects/processes/spec.ts";
import { statusPath } from "../effects/state/exit-status.ts";

/** What one run gets. */
export interface Lasting {
  readonly spawn: Pick<Spawn, "status" | "input">;
  /** The service has been spawned, or could not be. */
  spawned(): void;
}

/** For a run in this state directory; undefined: it is to end with us, and gets nothing. */
export async function newLasting(
  directory: string | undefined,
  { name, tty, stdin }: Service,
  run: number,
): Promise<Lasting> {
  // A terminal of ours dies with us, and its service with that.
  if (directory === undefined || tty) return { spawn: {}, spawned: () => {} };
  const input = stdin === "open" ? await openEndlessInput(directory) : undefined;
  return {
    spawn: { status: statusPath(directory, name, run), ...(input === undefined ? {} : { input }) },
    spawned() {
      if (input !== undefined) closeSync(input);
    },
  };
}
