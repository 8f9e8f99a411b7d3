// A log pane over services whose logs are in memory.

import { openRunLogs, type RunLogs } from "../../../../src/tui/logs/logs.ts";
import type { Pane } from "../../../../src/tui/logs/pane.ts";
import { rowsOf } from "../../../../src/tui/logs/rows.ts";
import { advance } from "../../../../src/tui/logs/search.ts";
import type { LogView } from "../../../../src/tui/logs/view.ts";
import { type MemoryLog, memoryLog } from "./memory-log.ts";

export const pane: Pane = { width: 40, height: 4, colors: false, ascii: false, names: ["api", "worker"] };

export interface Scene {
  readonly logs: RunLogs;
  readonly files: Readonly<Record<string, MemoryLog>>;
  /** Writes to a service's log and lets it be seen. */
  write(service: string, text: string, time?: number): void;
}

/** Two services; `earlier` is what runs before this one left in the log of `api`. */
export function newScene(earlier = ""): Scene {
  const files: Record<string, MemoryLog> = { api: memoryLog(earlier), worker: memoryLog() };
  const logs = openRunLogs({ open: (service) => files[service]! }, Object.keys(files));
  return {
    logs,
    files,
    write(service, text, time = 0) {
      files[service]!.write(text);
      logs.poll(time);
    },
  };
}

/** Lines `from` to `to`, not included, such as `line 7`. */
export function numbered(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join("");
}

/** Does all that is left to do. */
export function settled(view: LogView, size: Pane = pane): LogView {
  return advance(view, size, () => false);
}

/** The texts on the screen, without times and names. */
export function screen(view: LogView, size: Pane = pane): string[] {
  return rowsOf({ ...view, timestamps: false }, size).rows.map((row) => row.trimEnd());
}
