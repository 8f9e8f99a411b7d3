// Replaces a small file of ours in one move, so that nobody ever reads half of it.

import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Throws the system's error when the file cannot be written; it is then as it was, and nothing stays beside it. `ready` is called just before the move. */
export function replaceFile(path: string, text: string, ready: () => void = () => {}): void {
  const beside = `${path}.new`;
  try {
    // Left by a run that was killed while it wrote.
    rmSync(beside, { force: true });
    // Never through a link, and never into what is there.
    writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
    ready();
    renameSync(beside, path);
  } catch (error) {
    try {
      rmSync(beside, { force: true });
    } catch {
      // What went wrong first is what is said.
    }
    throw error;
  }
}
