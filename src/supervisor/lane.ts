// A lane that only so many are in at a time; the others wait for their turn, in the order in which they came.

/** Does the work once there is room, and answers what it answers. */
export type Lane = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** A lane with room for `width` at a time. */
export function newLane(width: number): Lane {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside === width) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await work();
    } finally {
      // Whoever is next takes over the place.
      const next = waiting.shift();
      if (next === undefined) inside--;
      else next();
    }
  };
}
