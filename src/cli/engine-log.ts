// `engine.log` beside the state: what became of engines, for when nobody reads their stderr any more.

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "./version.ts";

/** Adds these words with the time; where they cannot be kept they have been said on stderr. */
export function keepTrace(directory: string, words: string): void {
  try {
    const line = `${new Date().toISOString()} launch ${VERSION}\n${words}\n`;
    appendFileSync(join(directory, "engine.log"), line, { mode: 0o600 });
  } catch {
    // The directory may be gone, or the disk full.
  }
}
