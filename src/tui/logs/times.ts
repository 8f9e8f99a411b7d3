// When lines were seen: one record for every look that found new ones. Bounded: among the older half of the records those
// within a second of each other become one, and when that is not enough the oldest are forgotten.

/** Lines and the wall-clock milliseconds at which they were first seen. */
export interface Times {
  /** Lines from this one on were seen at `time`; lines and times ascend. */
  readonly note: (line: number, time: number) => void;
  readonly timeOf: (line: number) => number | undefined;
}

const coarse = 1000;

/** Keeps at most `most` records of 16 bytes. */
export function createTimes(most = 32 * 1024): Times {
  let lines = new Float64Array(64);
  let times = new Float64Array(64);
  let count = 0;

  const grow = (): void => {
    const size = Math.min(most, lines.length * 2);
    const [largerLines, largerTimes] = [new Float64Array(size), new Float64Array(size)];
    largerLines.set(lines.subarray(0, count));
    largerTimes.set(times.subarray(0, count));
    [lines, times] = [largerLines, largerTimes];
  };

  const keepOnly = (isKept: (index: number) => boolean): void => {
    let kept = 0;
    for (let index = 0; index < count; index++) {
      if (!isKept(index)) continue;
      lines[kept] = lines[index] ?? 0;
      times[kept++] = times[index] ?? 0;
    }
    count = kept;
  };

  const makeRoom = (): void => {
    let last = Number.NEGATIVE_INFINITY;
    keepOnly((index) => {
      const time = times[index] ?? 0;
      if (index < count / 2 && time - last < coarse) return false;
      last = time;
      return true;
    });
    const bound = Math.floor(most * 0.75);
    if (count <= bound) return;
    const gone = count - bound;
    keepOnly((index) => index >= gone);
  };

  return {
    note(line, time) {
      if (count > 0 && lines[count - 1] === line) return;
      if (count === most) makeRoom();
      if (count === lines.length) grow();
      lines[count] = line;
      times[count++] = time;
    },
    timeOf(line) {
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((lines[middle] ?? 0) <= line) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? undefined : times[low - 1];
    },
  };
}
