// A log file in a directory of its own, followed, for the tests of the tailer.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLogFile } from "../../../src/effects/logs/file.ts";
import { type Line, linesOf } from "../../../src/effects/logs/lines.ts";
import { tailLog } from "../../../src/effects/logs/tail.ts";

/** A followed log file with everything that was seen of it. */
export interface Following extends AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  /** Open for appending, as a child would have it. */
  readonly fd: number;
  readonly seen: Line[];
  readonly remarks: string[];
  readonly texts: () => string[];
  readonly drain: () => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Resolves as soon as the condition holds; it is asked after each batch. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

export function follow(): Following {
  const directory = mkdtempSync(join(tmpdir(), "launch-logs-"));
  const path = join(directory, "logs", "api.log");
  const file = openLogFile(path);
  const seen: Line[] = [];
  const remarks: string[] = [];
  const waiting = new Set<() => void>();
  const tail = tailLog({
    path,
    from: file.size,
    onLines: (batch) => {
      for (const line of linesOf(batch)) {
        if (batch.origin === "launch") remarks.push(line.text);
        else seen.push(line);
      }
      for (const check of waiting) check();
    },
  });
  return {
    directory,
    path,
    fd: file.fd,
    seen,
    remarks,
    texts: () => seen.map((line) => line.text),
    drain: tail.drain,
    pause: tail.pause,
    resume: tail.resume,
    until: (condition) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    [Symbol.asyncDispose]: async () => {
      await tail[Symbol.asyncDispose]();
      file[Symbol.dispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
