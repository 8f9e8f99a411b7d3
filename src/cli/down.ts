// `launch down`: ends the run of this project, in order, and waits until nothing of it lives.

import { jsonText } from "../core/sanitize.ts";
import { print, printError } from "./print.ts";
import { describeMillis } from "../core/failure.ts";
import { now, sleep } from "../effects/clock.ts";
import type { RemoteSession } from "../client/session.ts";
import { isAlive, readStat } from "../effects/processes/proc.ts";
import { isRunComing } from "../effects/state/former.ts";
import { endLeft } from "./end-left.ts";
import type { GlobalArgs } from "./options.ts";
import { reachEvenSilent, stateOf } from "./reach.ts";
import { sayNewNotices } from "./say-notices.ts";
import { onSignals } from "./signals.ts";
import { endSilentRun } from "./silent-run.ts";

/** An engine that has said its last words and is still there after this many milliseconds is not waited for. */
const longestEnd = 5000;

/**
 * 0 once nothing runs, also when nothing ran, and what a killed run had left is ended; 1 when not all could be. A Ctrl-C meanwhile
 * skips the services' grace.
 */
export async function run(args: GlobalArgs): Promise<number> {
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  const startedAt = now();
  const { directory } = paths;
  let reached = await reachEvenSilent(paths);
  while (reached !== undefined && "session" in reached) {
    const { project } = reached.session.about;
    await end(reached.session);
    // An engine that died over this has not ended its services: the next one is just coming.
    if (!isRunComing(directory)) return say(args, stoppedWords(project, startedAt));
    reached = await reachEvenSilent(paths);
  }
  if (reached === undefined) {
    const left = await endLeft(args, paths);
    if (left === undefined) return say(args, "Nothing of this project runs here.");
    for (const words of left.alive) printError(`${words}\n`);
    for (const words of left.ended) say(args, words);
    return left.alive.length > 0 ? 1 : 0;
  }
  const { name, pid } = reached.silent;
  if (await endSilentRun(reached.silent)) return say(args, stoppedWords(name, startedAt));
  printError(`${name} (pid ${pid}) cannot be ended from here, since this command is part of it.\n`);
  return 1;
}

async function end(given: RemoteSession): Promise<void> {
  await using session = given;
  using _notices = sayNewNotices(session);
  session.request({ type: "quit", by: "request", force: false });
  using _signals = onSignals((by, count) => {
    session.request({ type: "quit", by, force: true });
    if (count > 1) process.exit(130);
  });
  await session.closed;
  // Its last words come before its last moment.
  const endedAt = now();
  while (isAlive(readStat(session.about.pid)) && now() < endedAt + longestEnd) await sleep(2);
}

function stoppedWords(project: string, startedAt: number): string {
  return `${project} stopped after ${describeMillis(now() - startedAt)}.`;
}

function say(args: GlobalArgs, words: string): number {
  if (!args.quiet) print(args.json ? `${jsonText({ message: words })}\n` : `${words}\n`);
  return 0;
}
