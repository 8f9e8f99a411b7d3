// The lock of a state directory: one run at a time, and one whose engine has died comes before any new one.

import { now, sleep } from "../effects/clock.ts";
import type { Lease } from "../effects/ports/lease.ts";
import { instanceOwner, lockInstance } from "../effects/ports/leases.ts";
import { formerRun, isComing } from "../effects/state/former.ts";
import { readState } from "../effects/state/state-file.ts";

/** How long a run that is being taken over, or the last moments of another engine, are waited for, in milliseconds. */
const longestWait = 5000;

/** The lock of the state directory; undefined when a run has it, be it one that is only just being taken over. */
export async function lockHere(key: string, isSuccessor: boolean): Promise<Lease | undefined> {
  const until = now() + longestWait;
  for (;;) {
    const isTheirs = !isSuccessor && isComing(formerRun(readState(key).state, key));
    const lock = isTheirs ? undefined : lockInstance(key);
    if (lock !== undefined) {
      // Its engine may have died since: whoever takes over comes first.
      if (isSuccessor || !isComing(formerRun(readState(key).state, key))) return lock;
      lock[Symbol.dispose]();
    } else if (!isSuccessor && (await instanceOwner(key)) !== undefined) return undefined;
    if (now() > until) return undefined;
    await sleep(20);
  }
}
