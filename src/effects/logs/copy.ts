// Copies a part of a log to a file of its own, in pieces and off the loop.

import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { enterDirectory } from "../files/enter.ts";

const piece = 1024 * 1024;

/** Copies `from` up to, not including, `to` into a new file and answers its inode; rejects with the system's error. */
export async function copyPart(
  source: string,
  target: string,
  from: number,
  to: number,
  inode: number,
): Promise<number> {
  using directory = enterDirectory(dirname(target));
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  await using reading = await open(directory.at(basename(source)), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await reading.stat()).ino !== inode) throw new Error("the log has been replaced by another file");
  const copy = directory.at(basename(target));
  // Left by a run that was killed while it copied; never through a link, and never into what is there.
  await rm(copy, { force: true });
  await using writing = await open(copy, "wx", 0o600);
  const buffer = Buffer.allocUnsafeSlow(Math.min(piece, Math.max(1, to - from)));
  for (let at = from; at < to;) {
    const { bytesRead } = await reading.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) throw new Error("the log has become shorter");
    for (let written = 0; written < bytesRead;) {
      written += (await writing.write(buffer, written, bytesRead - written)).bytesWritten;
    }
    at += bytesRead;
  }
  return (await writing.stat()).ino;
}
