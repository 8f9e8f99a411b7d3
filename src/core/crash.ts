// A crash loop as one thing: from the first end after which a service is started again by itself until it has been ready for a
// while, however often it comes up in between.

import { describe, describeExit, type Failure } from "./failure.ts";
import type { Millis } from "./service.ts";
import type { Member, State } from "./state.ts";

/** The crashes since the service was last ready for long enough. */
export interface Crashes {
  /** How many, each followed by another start. */
  readonly count: number;
  readonly last: Failure;
  /** True: every one of them was like the last. */
  readonly alike: boolean;
}

/** Ready for this long, a service is no longer crashing. */
export const STEADY_AFTER: Millis = 10_000;

/** The crashes with one more. */
export function withCrash(before: Crashes | undefined, last: Failure): Crashes {
  if (before === undefined) return { count: 1, last, alike: true };
  return { count: before.count + 1, last, alike: before.alike && describe(before.last) === describe(last) };
}

/** When a service that is ready and has crashed before is no longer crashing; undefined for every other. */
export function steadyAt(state: State, crashes: Crashes | undefined): Millis | undefined {
  return crashes === undefined || state.status !== "ready" ? undefined : state.since + STEADY_AFTER;
}

/** `crashing: ended with exit code 3, 18 times; its last words: KeyError`, of one that is. */
export function crashStory({ crashes, lastWords }: Pick<Member, "crashes" | "lastWords">): string {
  return `crashing${crashes === undefined ? "" : `: ${describeCrashes(crashes)}`}${lastSaid({ lastWords })}`;
}

/** What the latest run that ended said last, to follow how it ended; empty when it said nothing. */
export function lastSaid({ lastWords }: { readonly lastWords?: string | undefined }): string {
  return lastWords === undefined ? "" : `; its last words: ${lastWords}`;
}

/** `exit code 3, 18 times`: the crashes in as few words as name them. */
export function nameCrashes(crashes: Crashes): string {
  return counted(crashes, nameEnd(crashes.last));
}

/** `exit code 3`: an end in as few words as name it. */
export function nameEnd(last: Failure): string {
  return last.kind === "exit" ? describeExit(last.exit) : describe(last);
}

/** `ended with exit code 3, 18 times`: the crashes in a sentence, without a subject. */
function describeCrashes(crashes: Crashes): string {
  return counted(crashes, describe(crashes.last));
}

function counted({ count, alike }: Crashes, last: string): string {
  if (count === 1) return last;
  return alike ? `${last}, ${count} times` : `${count} times, last: ${last}`;
}
