// How often what is measured can be measured again in the time that is left. Pure.

/** One peer in one scenario, after its first turn. */
export interface Turn {
  readonly name: string;
  /** What another takes, in milliseconds. */
  readonly ms: number;
  /** More than this, the first one included, tell nothing new. */
  readonly enough: number;
}

/**
 * Further turns of each that fit into `leftMs`. Whichever has the fewest gets the next, the cheaper first; one that no longer fits gets
 * no more, and stands in nobody's way.
 */
export function planTurns(turns: readonly Turn[], leftMs: number): ReadonlyMap<string, number> {
  const planned = new Map(turns.map(({ name }) => [name, 0]));
  const cheapest = turns.toSorted((one, other) => one.ms - other.ms);
  const most = Math.max(0, ...turns.map(({ enough }) => enough - 1));
  let left = leftMs;
  for (let number = 1; number <= most; number++) {
    for (const { name, ms, enough } of cheapest) {
      if (number >= enough || ms > left) continue;
      planned.set(name, (planned.get(name) ?? 0) + 1);
      left -= ms;
    }
  }
  return planned;
}
