// Asks the engine of a run to end it, and finds out whether it does: ended, died over it, or does not answer any more.

import type { RemoteSession } from "../client/session.ts";
import { now, sleep } from "../effects/clock.ts";
import { isAlive, readStat } from "../effects/processes/proc.ts";
import { sayNewNotices } from "./say-notices.ts";
import { onSignals } from "./signals.ts";
import { newPatience } from "./unanswering.ts";

/** An engine that has said its last words and is still there after this many milliseconds is not waited for. */
const longestEnd = 5000;
/** Between two signs of life that are asked for, and between two looks at whether one has come, in milliseconds. */
const pulse = 1000;
const interval = 100;

/**
 * `ended`: nothing of it lives. `lost`: the engine has gone without a word, and what it had may live. `hung`: it says nothing. A
 * Ctrl-C meanwhile skips the services' grace, and the next one the wait.
 */
export async function endSession(given: RemoteSession): Promise<"ended" | "lost" | "hung"> {
  await using session = given;
  using _notices = sayNewNotices(session);
  // Before anything is asked: whoever sees it begin may press Ctrl-C at once.
  using _signals = onSignals((by, count) => {
    session.request({ type: "quit", by, force: true });
    if (count > 1) process.exit(130);
  });
  session.request({ type: "quit", by: "request", force: false });
  const over = new AbortController();
  const closed = session.closed.then((outcome) => (outcome === undefined ? "lost" : "ended"));
  const end = await Promise.race([closed, silenceOf(session, over.signal)]);
  over.abort();
  if (end !== "ended") return end;
  // Its last words come before its last moment.
  const endedAt = now();
  while (isAlive(readStat(session.about.pid)) && now() < endedAt + longestEnd) await sleep(2);
  return end;
}

/** Resolves when the engine has stopped answering, or when that is no question any more. */
async function silenceOf(session: RemoteSession, over: AbortSignal): Promise<"hung"> {
  const { project: name, pid } = session.about;
  const pause = (ms: number): Promise<void> => sleep(ms, over).catch(() => {});
  while (!over.aborted) {
    const isOver = newPatience(
      () => ({ name, pid }),
      () => {},
    );
    // Of no service there is nothing to tell, and that is an answer.
    const answered = session.details("").then(
      () => true,
      () => true,
    );
    const askedAt = now();
    while (!(await Promise.race([answered, pause(interval)]))) {
      if (over.aborted || isOver(now() - askedAt)) return "hung";
    }
    await pause(pulse);
  }
  return "hung";
}
