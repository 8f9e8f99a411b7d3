// `engine.log` beside the state: what became of engines, for when nobody reads their stderr any more.

import { appendFileSync, closeSync } from "node:fs";
import { join } from "node:path";
import { openPlainIn } from "../effects/files/plain.ts";
import { realStateDirectory } from "../effects/state/directory.ts";
import { VERSION } from "./version.ts";

/** Adds these words with the time; where they cannot be kept they have been said on stderr. */
export function keepTrace(directory: string, words: string): void {
  try {
    const line = `${new Date().toISOString()} launch ${VERSION}\n${words}\n`;
    const fd = openPlainIn(join(realStateDirectory(directory), "engine.log"), "append");
    try {
      appendFileSync(fd, line);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The directory may be gone, or the disk full.
  }
}
