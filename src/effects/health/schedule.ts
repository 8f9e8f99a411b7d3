// How long to wait between two looks at a service that is starting. Pure.

import type { Millis } from "../../core/service.ts";

/** What decides the pace: looking at the kernel's tables disturbs nobody, a connection does. */
export type Pace = "look" | "connect";

const eager: Record<Pace, Millis> = { look: 3, connect: 10 };

/** Between two looks while connections pause, as long as these are eager. */
export function lookDuring(pause: Millis): Millis | undefined {
  return pause <= eager.connect ? eager.look : undefined;
}
const firstPatient = 20;
const longest = 250;

/** The wait before the next poll: short in the first second after the spawn, then doubling up to 250 ms. */
export function nextPoll(pace: Pace, sinceSpawn: Millis, before: Millis): Millis {
  if (sinceSpawn < 1000) return eager[pace];
  return Math.min(longest, Math.max(firstPatient, before * 2));
}
