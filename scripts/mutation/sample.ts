// Choices that a seed decides, so that a sample can be taken again.

/** So many of them, each as likely as any other, in an order that the seed decides. */
export function sampleOf<Item>(items: readonly Item[], count: number, seed: number): readonly Item[] {
  const chosen = [...items];
  const random = randomFrom(seed);
  for (let last = chosen.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [chosen[last], chosen[other]] = [chosen[other]!, chosen[last]!];
  }
  return chosen.slice(0, count);
}

/** Numbers from 0 to below 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
