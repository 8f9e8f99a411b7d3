// How long to wait between two looks at a service that is starting. Pure.

import type { Millis } from "../../core/service.ts";

/** What decides the pace: looking at the kernel's tables disturbs nobody, a connection that is refused hardly anybody, a question that somebody has to answer does. */
export type Pace = "look" | "connect" | "ask";

const eager = { look: 3, connect: 10 };
const firstPatient = 20;
const longest = 250;

/** The wait before the next poll: short in the first second after the spawn, then doubling up to 250 ms; never shorter for whoever answers. */
export function nextPoll(pace: Pace, sinceSpawn: Millis, before: Millis): Millis {
  if (pace === "ask") return longest;
  if (sinceSpawn < 1000) return eager[pace];
  return Math.min(longest, Math.max(firstPatient, before * 2));
}
