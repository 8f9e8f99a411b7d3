// Gives the disk back what a log holds at its front while somebody writes at its end: a hole is punched, by util-linux'
// `fallocate`, so that no byte moves and whoever reads further on notices nothing.

import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openPlainIn } from "../files/plain.ts";

/** Makes a hole of the file's first `length` bytes; false when that did not work. */
export function punch(path: string, length: number): Promise<boolean> {
  return new Promise((resolve) => {
    // It gets the file itself, since another one may have the name by the time it looks.
    const fd = openPlainIn(path, "change");
    const words = ["--punch-hole", "--offset", "0", "--length", String(length), "/dev/fd/3"];
    const child = spawn("fallocate", words, { stdio: ["ignore", "ignore", "ignore", fd] });
    closeSync(fd);
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}

const known = new Map<string, Promise<boolean>>();

/** True if holes can be punched into files of this directory; found out once. */
export function canPunch(directory: string): Promise<boolean> {
  const answer = known.get(directory) ?? tryPunch(join(directory, ".hole"));
  known.set(directory, answer);
  return answer;
}

async function tryPunch(path: string): Promise<boolean> {
  try {
    await rm(path, { force: true });
    await writeFile(path, Buffer.alloc(4096, 1), { mode: 0o600, flag: "wx" });
    return await punch(path, 4096);
  } catch {
    return false;
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}
