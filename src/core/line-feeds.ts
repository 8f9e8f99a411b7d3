// Counts line feeds eight words at a time, because a call into the system's search for each line would be what following a
// flood costs. Pure.

const lineFeed = 10;
const lineFeeds = 0x0a0a0a0a;
const lowBits = 0x7f7f7f7f;
const ones = 0x01010101;

/** How many line feeds there are from byte `from` up to, not including, byte `to`. */
export function countLineFeeds(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  // Words can only be read at their own boundaries.
  for (; at < to && (bytes.byteOffset + at) % 4 !== 0; at++) if (bytes[at] === lineFeed) count++;
  const blocks = (to - at) >> 5;
  if (blocks > 0) count += countInWords(new Int32Array(bytes.buffer, bytes.byteOffset + at, blocks * 8));
  for (at += blocks * 32; at < to; at++) if (bytes[at] === lineFeed) count++;
  return count;
}

function countInWords(words: Int32Array): number {
  let count = 0;
  for (let at = 0; at < words.length; at += 8) {
    // Each of the four bytes counts its own line feeds, eight at most; the product adds the four up.
    const perByte =
      feedsIn(words[at]) +
      feedsIn(words[at + 1]) +
      feedsIn(words[at + 2]) +
      feedsIn(words[at + 3]) +
      feedsIn(words[at + 4]) +
      feedsIn(words[at + 5]) +
      feedsIn(words[at + 6]) +
      feedsIn(words[at + 7]);
    count += Math.imul(perByte, ones) >>> 24;
  }
  return count;
}

/** A word with 1 in each byte that is a line feed. */
function feedsIn(word = 0): number {
  const zeroWhereFeed = word ^ lineFeeds;
  // Adding carries into a byte's top bit unless its lower seven bits are zero; no byte carries into the next.
  return (~(((zeroWhereFeed & lowBits) + lowBits) | zeroWhereFeed | lowBits) >>> 7) & ones;
}
