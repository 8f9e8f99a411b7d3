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
 * Further turns of each that fit into `leftMs`. Everybody gets the same of the time until it has enough, so that what is quick is
 * measured often; one turn that no longer fits stands in nobody's way.
 */
export function planTurns(turns: readonly Turn[], leftMs: number): ReadonlyMap<string, number> {
  const planned = new Map(turns.map(({ name }) => [name, 0]));
  const countOf = ({ name }: Turn): number => planned.get(name) ?? 0;
  /** What it will have taken with one more, the first included. */
  const spentWithNext = (turn: Turn): number => turn.ms * (countOf(turn) + 2);
  for (let left = leftMs; ;) {
    const [next] = turns
      .filter((turn) => countOf(turn) + 1 < turn.enough && turn.ms <= left)
      .toSorted((one, other) => spentWithNext(one) - spentWithNext(other) || one.ms - other.ms);
    if (next === undefined) return planned;
    planned.set(next.name, countOf(next) + 1);
    left -= next.ms;
  }
}
