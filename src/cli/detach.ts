// `launch -d`: starts the run in the background, or what is missing in the one that runs, says how it stands, and leaves.

import { print, printError } from "./print.ts";
import type { RemoteSession } from "../client/session.ts";
import type { Probe } from "../core/service.ts";
import { exitCodeOf, type Fleet, hasFailed, isUp, isWatchedOnly, type Member, type Outcome } from "../core/state.ts";
import { isOnItsWay } from "../core/drive.ts";
import { isTroubled } from "../core/word.ts";
import { after, now } from "../effects/clock.ts";
import { durationOf } from "./duration.ts";
import { sayEdited } from "./edited.ts";
import { joinOrStart } from "./join.ts";
import { lostWords } from "./lost-engine.ts";
import { lastLinesText } from "./last-lines.ts";
import type { UpArgs } from "./options.ts";
import { defaultTimeout } from "./start-options.ts";
import { sayNotices } from "./say-notices.ts";
import { statusJson, statusTable } from "./status-table.ts";
import { sentence } from "./table.ts";
import { outcomeWords } from "./summary.ts";
import { newStyle, wantsColor } from "./terminal.ts";

/** From its readiness until it is believed that a service stays, in milliseconds. */
const confirmation = 150;
/** Where readiness says little about the service's own process. */
const confirmations: { readonly [Kind in Probe["kind"]]?: number } = { none: 500, exec: 300 };

/** Of more services than this nobody reads the last lines. */
const mostShown = 5;

/** Answers 0 once the run goes its own way; with `--wait` once all is up, and 1, 3 or 5 when something is not. */
export async function detach(args: UpArgs): Promise<number> {
  const joined = await joinOrStart(args, "detached");
  if (!joined.ok) {
    printError(joined.words);
    return joined.code;
  }
  await using session = joined.session;
  // Whoever comes to a run that goes on has been told by the one that started it.
  using _notices = joined.isNew ? sayNotices(session) : undefined;
  if (!joined.isNew) await sayEdited(session);
  const seen = args.wait
    ? await lookUntilItStays(session, durationOf("--timeout", args.timeout ?? defaultTimeout))
    : await look(session, hasItsPorts);
  if (seen === "ended") {
    const outcome = await session.closed;
    if (outcome !== undefined) return sayEnd(outcome, session, args);
    printError(`${lostWords(session.about, joined.paths.directory, await joined.death?.())}\n`);
    return 1;
  }
  if (joined.isNew) await session.detach();
  const fleet = session.snapshot();
  print(
    args.json ? statusJson(session) : words(session, fleet, args) + (args.wait ? await evidence(session, fleet) : ""),
  );
  return args.wait ? codeOf(fleet, seen === "late") : 0;
}

/** Waits until nothing is on its way up any more, and what is up has not gone at once, as what goes into the background does. */
async function lookUntilItStays(session: RemoteSession, limit: number): Promise<"done" | "ended" | "late"> {
  const until = now() + limit;
  for (;;) {
    const seen = await look(session, hasArrived, until - now());
    const fleet = session.snapshot();
    if (seen !== "done" || !isAllUp(fleet)) return seen;
    const doubt = Math.max(0, ...Object.values(fleet.members).map(believedAt)) - session.now();
    if (doubt <= 0 || (await look(session, (later) => !isAllUp(later), doubt)) === "late") return seen;
  }
}

/** When it is believed of a service that it is up. */
function believedAt(member: Member): number {
  const { state, service } = member;
  if (state.status !== "ready" || isWatchedOnly(member)) return 0;
  return state.since + (confirmations[service.ready.probe.kind] ?? confirmation);
}

/** Waits for something to be true of the fleet, for the end of the run, or for the limit in milliseconds. */
function look(
  session: RemoteSession,
  isDone: (fleet: Fleet) => boolean,
  limit = Infinity,
): Promise<"done" | "ended" | "late"> {
  return new Promise((resolve) => {
    const settle = (how: "done" | "ended" | "late"): void => {
      reading[Symbol.dispose]();
      timer[Symbol.dispose]();
      resolve(how);
    };
    const timer = after(limit, () => settle("late"));
    const reading = session.subscribe(() => {
      if (isDone(session.snapshot())) settle("done");
    });
    void session.closed.then(() => settle("ended"));
    if (isDone(session.snapshot())) settle("done");
  });
}

/** True once nothing that is wanted is on its way up any more. */
function hasArrived(fleet: Fleet): boolean {
  const wanted = Object.values(fleet.members).filter((member) => member.wanted);
  const isOnIts = isOnItsWay(fleet);
  // In a run that was started in a terminal its own time limit fails nobody; who waits here has waited long enough.
  return wanted.length > 0 && !wanted.some((member) => isOnIts(member) && !member.slow);
}

function isAllUp(fleet: Fleet): boolean {
  return Object.values(fleet.members).every((member) => !member.wanted || isUp(member));
}

/** True once it is decided who has which port, so that what is printed stays true. */
function hasItsPorts(fleet: Fleet): boolean {
  const members = Object.values(fleet.members);
  return members.some(({ wanted }) => wanted) && members.every((member) => !member.wanted || isDecided(member));
}

function isDecided({ claim, state }: Member): boolean {
  return claim === "held" || state.status === "blocked" || state.status === "failed";
}

function words(session: RemoteSession, fleet: Fleet, args: UpArgs): string {
  const { project, pid } = session.about;
  const style = newStyle(wantsColor(args));
  const missing = Object.values(fleet.members).filter(hasFailed).length;
  const state =
    args.wait && !isAllUp(fleet) ? style.bad(missing > 0 ? ", not all of it up," : ", not all of it up yet,") : "";
  const hint = "launch attach shows it, launch status prints this, launch down stops it.";
  const last = `${style.bold(project)}${state} runs in the background (pid ${pid}). ${hint}`;
  return `${statusTable(fleet, session.now(), style)}\n\n${sentence(last)}\n`;
}

/** The last lines of what did not come up. */
async function evidence(session: RemoteSession, fleet: Fleet): Promise<string> {
  const names = Object.values(fleet.members).flatMap((member) => (isTroubled(member) ? [member.service.name] : []));
  const texts = names.slice(0, mostShown).map(async (name) => {
    const details = await session.details(name).catch(() => undefined);
    return lastLinesText(name, details?.lastLines ?? []);
  });
  return (await Promise.all(texts)).join("");
}

function codeOf(fleet: Fleet, isLate: boolean): number {
  if (isAllUp(fleet)) return 0;
  const failures = Object.values(fleet.members).flatMap(({ state }) =>
    state.status === "failed" ? state.failure : [],
  );
  if (failures.some(({ kind }) => kind === "conflict")) return 3;
  const isSlow = Object.values(fleet.members).some(({ wanted, slow }) => wanted && slow);
  return isLate || (isSlow && failures.length === 0) ? 5 : 1;
}

/** The run is over before it was on its own: all that was asked for is done, or something went wrong. */
function sayEnd(outcome: Outcome, session: RemoteSession, args: UpArgs): number {
  const { project } = session.about;
  if (outcome.kind === "done") {
    const style = newStyle(wantsColor(args));
    const table = statusTable(session.snapshot(), session.now(), style);
    print(
      args.json
        ? statusJson(session)
        : `${table}\n\n${style.bold(project)} has ended: all that was asked for is done.\n`,
    );
    return 0;
  }
  const why = outcomeWords(outcome, session.snapshot());
  printError(`${project} ended${why === "" ? "" : `: ${why}`}\n`);
  return exitCodeOf(outcome);
}
