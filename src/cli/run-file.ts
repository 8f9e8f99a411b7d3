// `run.json`, by which other commands know who runs here and on which ports: written as ports are claimed.

import type { Notice } from "../core/notice.ts";
import { nextTurn } from "../effects/clock.ts";
import type { Ports } from "../effects/ports/ports.ts";
import { removeRunFile, type RunFile, type StatePaths, writeRunFile } from "../effects/state/directory.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** Keeps the file; disposing removes it. */
export interface RunFileKeeper extends Disposable {
  /** Writes the ports as they are. */
  now(): void;
}

/** Writes the file without ports at once, and with them whenever some are claimed; `say` hears what is wrong with it. */
export function keepRunFile(
  paths: StatePaths,
  run: Omit<RunFile, "ports" | "bindings">,
  supervisor: Supervisor,
  ports: Pick<Ports, "assigned" | "bindings">,
  say: (notice: Notice) => void,
): RunFileKeeper {
  let soon: Disposable | undefined;
  const write = (what: RunFile): void => {
    soon = undefined;
    try {
      writeRunFile(paths, what);
    } catch (error) {
      const { message } = error as Error;
      say({ kind: "state", message: `other commands cannot be told the ports of this run: ${message}` });
    }
  };
  const now = (): void => write({ ...run, ports: ports.assigned, bindings: ports.bindings });

  write(run);
  supervisor.subscribe(({ event }) => {
    // In a moment, so that other commands see the ports, and once for all that are claimed together.
    if (event.type === "claimed") soon ??= nextTurn(now);
  });
  return {
    now,
    [Symbol.dispose]() {
      soon?.[Symbol.dispose]();
      removeRunFile(paths);
    },
  };
}
