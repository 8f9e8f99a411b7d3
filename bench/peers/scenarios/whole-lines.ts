// Which of the numbered lines of a service are in a file, whatever a supervisor has put around them.

import { readSync } from "node:fs";

const chunkBytes = 1 << 22;

/** How many of the lines 1 to `count`, of `bytes` bytes with their newline, are in the open file unbroken; each counts once. */
export function countWhole(file: number, count: number, bytes: number): number {
  const seen = new Uint8Array(count + 1);
  const chunk = Buffer.alloc(chunkBytes);
  let rest = "";
  for (let at = 0; ;) {
    const read = readSync(file, chunk, 0, chunkBytes, at);
    if (read === 0) break;
    at += read;
    const lines = (rest + chunk.toString("latin1", 0, read)).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach((line) => mark(seen, line, bytes));
  }
  mark(seen, rest, bytes);
  return seen.reduce((sum, one) => sum + one, 0);
}

/** The line of a service: ten digits, a blank, and `x` to its end. */
function mark(seen: Uint8Array, line: string, bytes: number): void {
  const from = line.indexOf(" xxxxxxxxxx");
  if (from < 10) return;
  const to = line.lastIndexOf("x") + 1;
  if (to - from !== bytes - 11) return;
  const number = Number(line.slice(from - 10, from));
  if (Number.isInteger(number) && number >= 1 && number < seen.length) seen[number] = 1;
}
