// Copies a part of a log to a file of its own, in pieces and off the loop.

import { open } from "node:fs/promises";

const piece = 1024 * 1024;

/** Copies `from` up to, not including, `to` into a new file and answers its inode; rejects with the system's error. */
export async function copyPart(
  source: string,
  target: string,
  from: number,
  to: number,
  inode: number,
): Promise<number> {
  await using reading = await open(source, "r");
  if ((await reading.stat()).ino !== inode) throw new Error("the log has been replaced by another file");
  await using writing = await open(target, "w", 0o600);
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
