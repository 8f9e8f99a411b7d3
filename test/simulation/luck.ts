// Chance that can be repeated: everything follows from the seed.

/** A source of numbers that look random. */
export interface Luck {
  /** From 0 up to 1. */
  next(): number;
  /** True as often as the chance, from 0 to 1, says. */
  chance(chance: number): boolean;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** The same seed gives the same numbers (a small multiplicative generator, good enough for dice). */
export function newLuck(seed: number): Luck {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (chance) => next() < chance,
    pick: (items) => items[between(0, items.length - 1)]!,
  };
}
