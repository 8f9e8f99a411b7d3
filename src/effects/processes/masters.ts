// The ends of pseudo-terminals that launch holds. They have no close-on-exec and Node cannot give it to them, so whoever
// spawns must see to it that no service inherits them: a terminal that somebody still holds is never hung up.

import type { IOType } from "node:child_process";

const masters = new Set<number>();

/** Notes a master's end until disposed. */
export function holdMaster(fd: number): Disposable {
  masters.add(fd);
  return { [Symbol.dispose]: () => void masters.delete(fd) };
}

/** What a child's descriptors from 3 on must be so that it gets no master: `instead` in each one's place. */
export function coverMasters(instead: number): readonly (IOType | number)[] {
  if (masters.size === 0) return [];
  const last = Math.max(...masters);
  return Array.from({ length: last - 2 }, (_, index) => (masters.has(index + 3) ? instead : "ignore"));
}
