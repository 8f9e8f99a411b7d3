// The logs of a run as the dashboard reads them: one index a service, opened when first asked for, and all of them merged.

import type { Logs } from "../host.ts";
import { createLineIndex, type LineIndex } from "./line-index.ts";
import type { Source } from "./source.ts";
import { createTimeline } from "./timeline.ts";

/** All logs of a run. */
export interface RunLogs extends Disposable {
  /** Takes in what has been written since; `time` is the wall clock. True if anything changed. */
  poll(time: number): boolean;
  /** The lines of one service. */
  of(service: string): Source;
  /** The lines of all services in the order seen. */
  readonly merged: Source;
  /** A run of the service has ended where its log had this many bytes; `isNew`: just now. */
  ended(service: string, offset: number, words: string, isNew: boolean): void;
  /** The next run of the service has begun. */
  begun(service: string, run: number): void;
  /** Where the service's log is. */
  path(service: string): string;
}

/** Opens the logs of these services; others may be asked for later. */
export function openRunLogs(logs: Logs, services: readonly string[]): RunLogs {
  const open = new Map<string, { index: LineIndex; path: string; close: () => void }>();
  const merged = createTimeline();
  /** The borders that the next run of each service will be named in. */
  const last = new Map<string, { text: string }[]>();

  const openLog = (service: string): { index: LineIndex; path: string } => {
    const known = open.get(service);
    if (known !== undefined) return known;
    const file = logs.open(service);
    const log = { index: createLineIndex(service, file), path: file.path, close: () => file[Symbol.dispose]() };
    open.set(service, log);
    merged.add(log.index);
    return log;
  };

  for (const service of services) openLog(service);
  return {
    poll(time) {
      let changed = false;
      for (const { index } of open.values()) if (index.poll(time)) changed = true;
      if (changed) merged.append();
      return changed;
    },
    of: (service) => openLog(service).index,
    merged,
    ended(service, offset, words, isNew) {
      const { index } = openLog(service);
      const borders = [index.addBorder(offset, words)];
      if (isNew) {
        // What it has written last comes before.
        if (index.poll(Date.now())) merged.append();
        borders.push(merged.addBorder(`${service} ${words}`));
      }
      last.set(service, borders);
    },
    begun(service, run) {
      for (const border of last.get(service) ?? []) border.text += ` · run ${run}`;
      last.delete(service);
    },
    path: (service) => openLog(service).path,
    [Symbol.dispose]() {
      for (const { close } of open.values()) close();
      open.clear();
    },
  };
}
