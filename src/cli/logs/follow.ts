// Goes on with logs as they are written: of services that start later too, and over new files in place of old ones.

import { watch } from "node:fs";
import type { Millis } from "../../core/service.ts";
import { after } from "../../effects/clock.ts";
import { standingFor } from "../../effects/logs/open-line.ts";
import { listLogs } from "../../effects/logs/names.ts";
import type { MergedLines } from "./merge.ts";
import type { LinePrinter } from "./print.ts";
import type { Sink } from "./sink.ts";

/** Looked at even where nothing tells of writes. */
const patience = 500;

/** Resolves when nobody reads any more. */
export async function followLogs(options: {
  readonly directory: string;
  readonly isNamed: (service: string) => boolean;
  readonly lines: MergedLines;
  readonly print: LinePrinter;
  readonly sink: Sink;
}): Promise<void> {
  const { directory, isNamed, lines, print, sink } = options;
  await sink.flush();
  using changes = watchDirectory(directory);
  while (!sink.isGone()) {
    if (changes.isRenewed()) {
      for (const service of listLogs(directory).keys()) if (isNamed(service)) lines.refresh(service);
    }
    let batch = lines.next("standing");
    for (; batch !== undefined && !sink.isGone(); batch = lines.next("standing")) {
      await sink.write(print({ ...batch, time: batch.time ?? Date.now() }));
    }
    await sink.flush();
    await changes.next(lines.isOpen() ? standingFor : patience);
  }
}

interface Changes extends Disposable {
  /** Resolves when something may have been written, at once if it was since the last time, and after `patience` anyhow. */
  next(patience: Millis): Promise<void>;
  /** True when there may be other files than the last time. */
  isRenewed(): boolean;
}

function watchDirectory(directory: string): Changes {
  let changed = false;
  let renewed = true;
  let tell: (() => void) | undefined;
  const notice = (event: string): void => {
    changed = true;
    if (event === "rename") renewed = true;
    tell?.();
  };
  let watcher: Disposable | undefined;
  const open = (): void => {
    try {
      const opened = watch(directory, notice);
      const close = (): void => {
        opened.close();
        watcher = undefined;
      };
      opened.on("error", close);
      watcher = { [Symbol.dispose]: close };
    } catch {
      // Not there yet, or no watch to be had: looked at from time to time.
    }
  };
  open();
  return {
    async next(patience) {
      if (!changed) {
        const { promise, resolve } = Promise.withResolvers<void>();
        tell = resolve;
        using _patience = after(patience, () => {
          if (watcher === undefined) open();
          // A directory that was deleted and made anew is told of by nobody.
          renewed = true;
          resolve();
        });
        await promise;
        tell = undefined;
      }
      changed = false;
    },
    isRenewed() {
      const was = renewed;
      renewed = false;
      return was;
    },
    [Symbol.dispose]: () => watcher?.[Symbol.dispose](),
  };
}
