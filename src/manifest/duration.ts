// `250ms`, `10s`, `1m30s` as numbers.

import type { Millis } from "../core/service.ts";

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** One or more numbers with units. */
export const durationPattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** The longest that a timer can wait: a little under 25 days. */
export const longest: Millis = 2_147_483_647;

// Most services say the same, or nothing and mean the same.
const parsed = new Map<string, Millis>();

/** Milliseconds of a duration that the schema has passed; 0 is allowed without a unit. */
export function parseDuration(text: string | 0): Millis {
  if (text === 0) return 0;
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const ms = millisOf(text);
  parsed.set(text, ms);
  return ms;
}

function millisOf(text: string): Millis {
  return [...text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units],
    0,
  );
}
