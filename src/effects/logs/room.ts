// Says when the disk that the logs are on is full. Services write their logs themselves, so nobody else would notice.

import { statfs } from "node:fs";
import { after } from "../clock.ts";

/** A watch on a disk. */
export interface Room extends Disposable {
  /** Something was written: looks at the disk within a second, and then no more until it is called again. */
  touched(): void;
}

const interval = 1000;
/** With less than this in bytes a disk counts as full. */
const least = 64 * 1024;

/** Calls `tell` when the disk that holds `directory` has become full, and when there is room again. */
export function watchRoom(directory: string, tell: (isFull: boolean) => void): Room {
  let timer: Disposable | undefined;
  let isFull = false;
  let closed = false;

  const arm = (): void => {
    timer ??= after(interval, look);
  };
  const look = (): void => {
    statfs(directory, (error, stats) => {
      timer = undefined;
      if (closed || error !== null) return;
      const wasFull = isFull;
      isFull = stats.bavail * stats.bsize < least;
      if (isFull !== wasFull) tell(isFull);
      // While it is full nothing is written that could call us.
      if (isFull) arm();
    });
  };

  return {
    touched: arm,
    [Symbol.dispose]() {
      closed = true;
      timer?.[Symbol.dispose]();
    },
  };
}
