// An input that never ends, not even when launch does: a pipe that whoever reads from it also holds open for writing.

import { execFile } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A descriptor to read from, to be closed once it has been handed over; undefined where the system has no named pipes. */
export async function openEndlessInput(directory: string): Promise<number | undefined> {
  const place = mkdtempSync(join(directory, "i-"));
  const path = join(place, "input");
  try {
    await make(path);
    // Without a name it is nobody else's, and nothing of it is left when its last reader is gone.
    return openSync(path, "r+");
  } catch {
    return undefined;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function make(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile("mkfifo", ["-m", "600", path], (error) => {
      if (error === null) resolve();
      else reject(error instanceof Error ? error : new Error("mkfifo failed"));
    });
  });
}
