// A sparse table from line numbers to offsets in a file: one entry every 32 KiB, and half as many whenever there would be
// too many, so that an index of any file stays within 1 MB.

/** Known places of a file, ascending in both line and offset. */
export interface Checkpoints {
  /** Endless behind the last, as is the offset. */
  readonly line: (index: number) => number;
  readonly offset: (index: number) => number;
  /** The last checkpoint at or before a line. */
  readonly find: (line: number) => number;
  /** Adds one behind the others if it is far enough from the last. */
  readonly add: (line: number, offset: number) => void;
  /** Puts some in front of the others. */
  readonly addBefore: (places: readonly { readonly line: number; readonly offset: number }[]) => void;
  /** Forgets the first so many. */
  readonly forget: (gone: number) => void;
  /** Forgets all and begins anew with this one. */
  readonly restart: (line: number, offset: number) => void;
}

const most = 64 * 1024;

/** Starts with one checkpoint. */
export function createCheckpoints(line: number, offset: number): Checkpoints {
  let lines = new Float64Array(16);
  let offsets = new Float64Array(16);
  let count = 0;
  let spacing = checkpointSpacing;

  const reserve = (needed: number): void => {
    if (needed <= lines.length) return;
    const size = Math.max(needed, lines.length * 2);
    const [largerLines, largerOffsets] = [new Float64Array(size), new Float64Array(size)];
    largerLines.set(lines.subarray(0, count));
    largerOffsets.set(offsets.subarray(0, count));
    [lines, offsets] = [largerLines, largerOffsets];
  };

  /** Leaves out every second one, never the first. */
  const thin = (): void => {
    if (count < most) return;
    let kept = 0;
    for (let index = 0; index < count; index += 2, kept++) {
      lines[kept] = lines[index] ?? 0;
      offsets[kept] = offsets[index] ?? 0;
    }
    count = kept;
    spacing *= 2;
  };

  const push = (line: number, offset: number): void => {
    reserve(count + 1);
    lines[count] = line;
    offsets[count++] = offset;
    thin();
  };

  push(line, offset);
  return {
    line: (index) => (index < count ? (lines[index] ?? 0) : Number.POSITIVE_INFINITY),
    offset: (index) => (index < count ? (offsets[index] ?? 0) : Number.POSITIVE_INFINITY),
    find(line) {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((lines[middle] ?? 0) <= line) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    add(line, offset) {
      if (offset - (offsets[count - 1] ?? 0) >= spacing) push(line, offset);
    },
    addBefore(places) {
      reserve(count + places.length);
      lines.copyWithin(places.length, 0, count);
      offsets.copyWithin(places.length, 0, count);
      for (const [index, place] of places.entries()) {
        lines[index] = place.line;
        offsets[index] = place.offset;
      }
      count += places.length;
      thin();
    },
    forget(gone) {
      lines.copyWithin(0, gone, count);
      offsets.copyWithin(0, gone, count);
      count -= gone;
    },
    restart(line, offset) {
      count = 0;
      spacing = checkpointSpacing;
      push(line, offset);
    },
  };
}

/** Bytes from one checkpoint to the next, at least. */
export const checkpointSpacing = 32 * 1024;
