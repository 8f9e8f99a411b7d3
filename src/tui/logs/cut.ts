// Where lines begin and end in bytes: behind every line feed, and inside a line that is too long. The rule depends on the
// bytes alone, never on the pieces they were read in.

/** A line longer than this many bytes is cut, and the rest is a line of its own. */
export const lineBound = 64 * 1024;

const lineFeed = 10;
const carriageReturn = 13;

/** Where each line begins in `bytes`, which begin with a line, and behind them the end; a last line may have no end yet. */
export function startsOf(bytes: Buffer): number[] {
  const starts: number[] = [];
  let from = 0;
  while (from < bytes.length) {
    starts.push(from);
    const feed = bytes.indexOf(lineFeed, from);
    const end = feed === -1 ? bytes.length : feed;
    while (end - from > lineBound) {
      from += cutLength(bytes.subarray(from + lineBound - 3, from + lineBound + 1));
      starts.push(from);
    }
    from = feed === -1 ? bytes.length : feed + 1;
  }
  starts.push(bytes.length);
  return starts;
}

/** How long the first piece of a too long line is, from its bytes around the bound, the last of them just behind it. */
export function cutLength(around: Buffer): number {
  for (let back = 0; back < around.length; back++) {
    if (!isContinuation(around[around.length - 1 - back])) return lineBound - back;
  }
  // Four continuation bytes in a row are not UTF-8; cut anywhere.
  return lineBound;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** A line's text without its line feed or carriage return and line feed. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  let end = to;
  if (end > from && bytes[end - 1] === lineFeed) {
    end--;
    if (end > from && bytes[end - 1] === carriageReturn) end--;
  }
  return bytes.toString("utf8", from, end);
}
