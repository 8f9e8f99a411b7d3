// Counts probe results against their thresholds: only consecutive ones count, the opposite result starts anew. Pure.

/** Which side the service is on, and how many consecutive results spoke for the other one. */
export interface Tally {
  readonly healthy: boolean;
  readonly against: number;
}

/** Consecutive results needed to become healthy, and to become unhealthy. */
export interface Thresholds {
  readonly success: number;
  readonly failures: number;
}

/** A service that has just proved ready. */
export const healthy: Tally = { healthy: true, against: 0 };

/** The tally after one more result. */
export function count(tally: Tally, ok: boolean, thresholds: Thresholds): Tally {
  if (ok === tally.healthy) return { healthy: tally.healthy, against: 0 };
  const against = tally.against + 1;
  const needed = ok ? thresholds.success : thresholds.failures;
  return against >= needed ? { healthy: ok, against: 0 } : { healthy: tally.healthy, against };
}
