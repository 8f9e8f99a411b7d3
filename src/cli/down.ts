// `launch down`: ends the run of this project, in order, and waits until nothing of it lives.

import { describeMillis } from "../core/failure.ts";
import { now, sleep } from "../effects/clock.ts";
import { isAlive, readStat } from "../effects/processes/proc.ts";
import type { GlobalArgs } from "./options.ts";
import { reachRun, stateOf } from "./reach.ts";
import { onSignals } from "./signals.ts";

/** An engine that has said its last words and is still there after this many milliseconds is not waited for. */
const longestEnd = 5000;

/** 0 once nothing runs, also when nothing ran. A Ctrl-C meanwhile skips the services' grace. */
export async function run(args: GlobalArgs): Promise<number> {
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  await using session = await reachRun(paths);
  if (session === undefined) return say(args, "Nothing of this project runs here.");
  const startedAt = now();
  session.request({ type: "quit", by: "request", force: false });
  using _signals = onSignals((by, count) => {
    session.request({ type: "quit", by, force: true });
    if (count > 1) process.exit(130);
  });
  await session.closed;
  // Its last words come before its last moment.
  const endedAt = now();
  while (isAlive(readStat(session.about.pid)) && now() < endedAt + longestEnd) await sleep(2);
  return say(args, `${session.about.project} stopped after ${describeMillis(now() - startedAt)}.`);
}

function say(args: GlobalArgs, words: string): number {
  if (!args.quiet) process.stdout.write(args.json ? `${JSON.stringify({ message: words })}\n` : `${words}\n`);
  return 0;
}
