// Replaces a small file of ours in one move, so that nobody ever reads half of it.

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { enterDirectory } from "../files/enter.ts";

/** Replaces the file at a path without links. Throws the system's error when the file cannot be written; it is then as it was, and nothing stays beside it. `ready` is called just before the move. */
export function replaceFile(path: string, text: string, ready: () => void = () => {}): void {
  using directory = enterDirectory(dirname(path));
  const beside = directory.at(`${basename(path)}.new`);
  try {
    // Left by a run that was killed while it wrote.
    rmSync(beside, { force: true });
    // Never through a link, and never into what is there.
    writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
    ready();
    renameSync(beside, directory.at(basename(path)));
  } catch (error) {
    try {
      rmSync(beside, { force: true });
    } catch {
      // What went wrong first is what is said.
    }
    throw directory.named(error);
  }
}

/** Takes care that a replacement that was begun without waiting for it does not come to its end. */
export function overtake(path: string): void {
  rmSync(`${path}.soon`, { force: true });
}

/**
 * The same without holding up anybody: a busy disk can keep each of these calls for a tenth of a second. `isOvertaken` says that
 * a newer text has been written meanwhile, by `overtake` and `replaceFile`: then nothing happens any more.
 */
export async function replaceFileSoon(
  path: string,
  text: string,
  isOvertaken: () => boolean,
  ready: () => Promise<void>,
): Promise<void> {
  // A name of its own: whoever takes it away keeps this one from the last step, even when that has begun.
  using directory = enterDirectory(dirname(path));
  const beside = directory.at(`${basename(path)}.soon`);
  try {
    await rm(beside, { force: true });
    await writeFile(beside, text, { mode: 0o600, flag: "wx" });
    if (!isOvertaken()) await ready();
    if (!isOvertaken()) return await rename(beside, directory.at(basename(path)));
  } catch (error) {
    if (!isOvertaken()) {
      await rm(beside, { force: true }).catch(() => {});
      throw directory.named(error);
    }
  }
  await rm(beside, { force: true }).catch(() => {});
}
