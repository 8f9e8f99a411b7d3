// The command of `launch run`. It stays in our own process group, so that the terminal is its own, and is found again by its
// tag and its environment alone, as is everything that it starts.

import type { Fact } from "../core/event.ts";
import type { Leftover } from "../core/notice.ts";
import { readTree, signalProcess } from "../effects/processes/signal.ts";
import { type Sought, sweep, type Swept } from "../effects/processes/sweep.ts";
import { formatTag } from "../effects/processes/tag.ts";

/** What a command needs from around it. */
export interface ForegroundOptions {
  /** The instance's part of the tag; undefined where nothing can be tagged. */
  readonly instance: number | undefined;
  /** The command's part of the tag. */
  readonly number: number;
  /** In clock ticks since boot, when the run began. */
  readonly since: number;
  /** How each `LAUNCH_RUN` of ours begins and ends. */
  readonly marker: { readonly start: string; readonly end: string };
  /** Aborted: nobody gets any time to end. */
  readonly hurry: AbortSignal;
  /** Programs that are let live besides those that everybody shares. */
  readonly spare: () => readonly string[];
  readonly report: (fact: Fact) => void;
}

/** A command that is about to run, or does. */
export interface Foreground {
  /** What everything of the command is to inherit. */
  readonly tag: string | undefined;
  /** What is added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Kills the command and all that it has started. */
  kill(pid: number): void;
  /** The command has ended: what it has left is ended, and named. */
  over(): void;
  /** Resolves once nothing of it is left. */
  readonly swept: Promise<void>;
}

/** What the command has left has this long to end, in milliseconds. */
const graceOfRest = 2000;

/** Nothing runs yet. */
export function newForeground(options: ForegroundOptions): Foreground {
  const { instance, number, marker, since, hurry, spare, report } = options;
  const own = `${marker.start}run/0${marker.end}`;
  const tag = instance === undefined ? undefined : { instance, service: number, run: 0 };
  const { promise: swept, resolve } = Promise.withResolvers<void>();
  const sought: Sought = {
    // It leads no group: the one that it is in is ours.
    leaders: [],
    isMarker: (given) => given === own,
    since,
    ...(tag !== undefined && { tag }),
  };
  let killing: Promise<unknown> | undefined;

  const end = (graceMs: number): Promise<Swept> =>
    sweep(sought, { signal: "SIGTERM", graceMs, hurry, spare: spare(), isInOurGroup: true });

  const endRest = async (): Promise<void> => {
    // What was killed on purpose is no news.
    await killing;
    const found = await end(graceOfRest);
    const [ended, alive, spared] = [found.ended, found.alive, found.spared].map((list) =>
      list.map(({ pid, command }): Leftover => ({ pid, command })),
    ) as [Leftover[], Leftover[], Leftover[]];
    if (ended.length + alive.length + spared.length === 0) return;
    report({ type: "noticed", notice: { kind: "left-by-command", ended, alive, spared } });
  };

  return {
    tag: tag === undefined ? undefined : formatTag(tag),
    env: { LAUNCH_RUN: own },
    kill(pid) {
      for (const one of readTree({ pid })) {
        signalProcess({ pid: one.pid, startTicks: one.startTicks, anyUser: true }, "SIGKILL");
      }
      killing ??= end(0);
    },
    over: () => void endRest().then(resolve),
    swept,
  };
}
