// What the commands that ask something of single services of a run have in common: who is meant, and the wait until it has
// become of them.

import { jsonText } from "../core/sanitize.ts";
import { print, printError } from "./print.ts";
import type { RemoteSession } from "../client/session.ts";
import { isOnItsWay } from "../core/drive.ts";
import { explain } from "../core/explain.ts";
import { describeMillis } from "../core/failure.ts";
import { type Fleet, isUp, type Member } from "../core/state.ts";
import { after, now } from "../effects/clock.ts";
import { didYouMean } from "../manifest/suggest.ts";
import { matcher } from "../plan/select.ts";
import { durationOf } from "./duration.ts";
import { sayEdited } from "./edited.ts";
import { leftBehindWords, leftByOwn } from "./left-behind.ts";
import type { AskArgs } from "./options.ts";
import { reachRun, sayNobodyThere, stateOf } from "./reach.ts";
import { sayNewNotices } from "./say-notices.ts";
import { statusJson } from "./status-table.ts";
import { UsageError } from "./usage-error.ts";

/** One thing that is asked of services of a run. */
export interface Asking {
  /** Asks; answers the services whose part in it is waited for, undefined when nothing was asked. Throws a `UsageError` for a name that is none. */
  ask(session: RemoteSession): Promise<readonly string[] | undefined>;
  /** True for the entry by which the engine has taken it in. */
  isHeard(type: string): boolean;
  /** Whether the services are to run. */
  readonly wants: boolean;
  /** True once nothing more will come of it for this service. */
  isDone(fleet: Fleet, member: Member): boolean;
  /** True when it has become what was asked for. */
  isGood(member: Member): boolean;
  /** What is said of a service for which it has, as what follows its name; `took` is in words, undefined when it was so before. */
  words(member: Member, took: string | undefined): string;
  /** True when the end of the whole run is as good. */
  readonly isGoodAtTheEnd?: true;
  /** What is said and answered when nothing of the project runs here; not given: that is said on stderr, and 4. */
  nobodyThere?(): number;
}

/** `launch status` and others while something of it is still on its way. */
const notInTime = 5;
const contested = 3;

/** Asks, and waits unless told not to. 0: all as asked; 1: some of it not; 3: a port is somebody else's; 4: nothing runs; 5: not in time. */
export async function askOfRun(args: AskArgs, asking: Asking): Promise<number> {
  const within = durationOf("--timeout", args.timeout);
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  await using session = await reachRun(paths);
  if (session === undefined) {
    const left = leftBehindWords(await leftByOwn(paths));
    if (left !== undefined) printError(`${left}\n`);
    return asking.nobodyThere?.() ?? sayNobodyThere(args);
  }
  if (asking.wants) await sayEdited(session);
  const begun = now();
  const heard = waitFor(session, ({ event }) => asking.isHeard(event.type));
  const before = session.snapshot();
  const names = await asking.ask(session);
  if (names === undefined) return 1;
  using _notices = sayNewNotices(session, (service) => names.includes(service));
  if ((await heard) === "gone") return sayGone(args, asking);
  const mine = (fleet: Fleet): readonly Member[] => names.flatMap((name) => fleet.members[name] ?? []);
  // Somebody may ask for the contrary while we wait; then what we have asked for does not come.
  const agreed = new Set<string>();
  const isOvertaken = ({ service, wanted }: Member): boolean => {
    if (wanted === asking.wants) agreed.add(service.name);
    return agreed.has(service.name) && wanted !== asking.wants;
  };
  const isDone = (): boolean => {
    const fleet = session.snapshot();
    const over = mine(fleet).map((member) => isOvertaken(member) || asking.isDone(fleet, member));
    return over.every(Boolean);
  };
  const waited = !args.wait || isDone() ? "held" : await waitFor(session, isDone, within);
  if (waited === "gone") return sayGone(args, asking);
  const fleet = session.snapshot();
  if (args.json) print(statusJson(session, ({ service }) => names.includes(service.name)));
  else {
    const took = describeMillis(now() - begun);
    const wasSo = ({ service, run }: Member): boolean => {
      const old = before.members[service.name];
      return old !== undefined && old.run === run && asking.isGood(old) && asking.isDone(before, old);
    };
    say(args, asking, mine(fleet), fleet, session.now(), (member) => (wasSo(member) ? undefined : took));
  }
  return args.wait ? codeOf(asking, mine(fleet), fleet, waited === "held") : 0;
}

/** The names of this run that the patterns match, in the manifest's order, or all of them; throws a `UsageError` for a pattern without any. */
export function namesIn({ members }: Fleet, patterns: readonly string[] = []): readonly string[] {
  const all = Object.keys(members);
  if (patterns.length === 0) return all;
  const [unknown] = patterns.filter((pattern) => !all.some(matcher([pattern])));
  if (unknown === undefined) return all.filter(matcher(patterns));
  const meant = didYouMean(unknown, all) ?? `The services are ${all.join(", ")}.`;
  throw new UsageError(`No service of this run is called "${unknown}". ${meant}`);
}

/** True when nothing more will become of a service that was to come up. */
export function hasArrived(fleet: Fleet, member: Member): boolean {
  if (member.bounce || member.state.status === "stopping") return false;
  return isUp(member) || !isOnItsWay(fleet)(member);
}

/** How a service that came up is told: `is ready after 300ms on port 8080`; of one that was up: `is ready already on port 8080`. */
export function upWords({ state, ports }: Member, took: string | undefined): string {
  const when = took === undefined ? "already" : `after ${took}`;
  if (state.status === "exited") return `is completed ${when}`;
  const numbers = Object.values(ports);
  return `is ready ${when}${numbers.length === 0 ? "" : ` on port ${numbers.join(", ")}`}`;
}

function say(
  args: AskArgs,
  asking: Asking,
  members: readonly Member[],
  fleet: Fleet,
  at: number,
  took: (member: Member) => string | undefined,
): void {
  for (const member of members) {
    const { name } = member.service;
    if (!args.wait) {
      if (!args.quiet) print(`${name}: asked\n`);
    } else if (asking.isGood(member)) {
      if (!args.quiet) print(`${name} ${asking.words(member, took(member))}\n`);
    } else {
      const contrary =
        member.wanted === asking.wants ? "" : `; somebody has asked for it to ${asking.wants ? "stop" : "start"}`;
      printError(`${name} ${explain(fleet, name, at).text}${contrary}\n`);
    }
  }
}

function codeOf(asking: Asking, members: readonly Member[], fleet: Fleet, inTime: boolean): number {
  if (members.every((member) => asking.isGood(member))) return 0;
  if (members.some(isContested)) return contested;
  return inTime || members.every((member) => asking.isGood(member) || asking.isDone(fleet, member)) ? 1 : notInTime;
}

function isContested({ state }: Member): boolean {
  return state.status === "blocked" || (state.status === "failed" && state.failure.kind === "conflict");
}

function sayGone(args: AskArgs, { isGoodAtTheEnd }: Asking): number {
  const words = "The whole run has ended.";
  if (isGoodAtTheEnd !== true) printError(`${words}\n`);
  else if (!args.quiet) print(args.json ? `${jsonText({ message: words })}\n` : `${words}\n`);
  return isGoodAtTheEnd === true ? 0 : 1;
}

/** Resolves at the first entry for which it holds, after `ms`, or when the run is gone. */
function waitFor(
  session: RemoteSession,
  holds: (entry: Parameters<Parameters<RemoteSession["subscribe"]>[0]>[0]) => boolean,
  ms = Number.POSITIVE_INFINITY,
): Promise<"held" | "late" | "gone"> {
  const { promise, resolve } = Promise.withResolvers<"held" | "late" | "gone">();
  const reading = session.subscribe((entry) => {
    if (holds(entry)) resolve("held");
  });
  const timer = after(ms, () => resolve("late"));
  void session.closed.then(() => resolve("gone"));
  return promise.finally(() => {
    reading[Symbol.dispose]();
    timer[Symbol.dispose]();
  });
}
