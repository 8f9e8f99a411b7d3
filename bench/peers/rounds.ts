// How many rounds of each scenario fit into the time. Pure.

/** A scenario after its first round. */
export interface Cost {
  readonly name: string;
  /** What one round over all peers takes, in milliseconds. */
  readonly ms: number;
  /** More rounds than this, the first one included, tell nothing new. */
  readonly enough: number;
}

/**
 * Further rounds of each scenario that fit into `leftMs`. Whichever has the fewest gets the next, the cheaper first; one that no longer
 * fits gets no more, and stands in nobody's way.
 */
export function planRounds(costs: readonly Cost[], leftMs: number): ReadonlyMap<string, number> {
  const rounds = new Map(costs.map(({ name }) => [name, 0]));
  const roundsOf = (cost: Cost): number => rounds.get(cost.name) ?? 0;
  let left = leftMs;
  for (;;) {
    const [next] = costs
      .filter((cost) => roundsOf(cost) + 1 < cost.enough && cost.ms <= left)
      .toSorted((one, other) => roundsOf(one) - roundsOf(other) || one.ms - other.ms);
    if (next === undefined) return rounds;
    rounds.set(next.name, roundsOf(next) + 1);
    left -= next.ms;
  }
}
