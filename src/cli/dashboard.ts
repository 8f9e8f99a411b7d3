// The dashboard in this terminal, over a run in a process of its own.

import { print, printError } from "./print.ts";
import type { RemoteSession } from "../client/session.ts";
import { exitCodeOf } from "../core/state.ts";
import { now, sleep } from "../effects/clock.ts";
import { isProcess, namedProcess } from "../effects/processes/proc.ts";
import { boundPatterns } from "../effects/pattern.ts";
import type { StatePaths } from "../effects/state/directory.ts";
import type { UserConfig } from "../manifest/user-config.ts";
import { type Opening, openDashboardTerminal } from "../tui/opening.ts";
import type { TerminalGuard } from "../tui/terminal/guard.ts";
import { openHost } from "./host.ts";
import { type Joined, joinOrStart } from "./join.ts";
import { loadDashboard } from "./load-dashboard.ts";
import { lostWords } from "./lost-engine.ts";
import type { FaceArgs, GlobalArgs, UpArgs } from "./options.ts";
import { preferencesOf } from "./preferences.ts";
import { killEngine } from "./unanswering.ts";
import { endingLine } from "./summary.ts";
import { sentence } from "./table.ts";
import { newStyle, wantsColor } from "./terminal.ts";
import { tidyMemoryIn } from "./tidy-memory.ts";
import { UsageError } from "./usage-error.ts";

/** From the moment when the dashboard is there until what loading it needed is given back, in milliseconds. */
const tidyAfter = 1000;
/** How long an engine may take to react to the third Ctrl-C. */
const reaction = 1000;

/** Starts or joins the run and shows it; answers the run's exit code, or 0 when the person leaves it running. */
export async function showDashboard(args: UpArgs, settings: UserConfig, guard?: TerminalGuard): Promise<number> {
  using opening = openHere(args, settings, guard);
  // The engine reads the manifest and starts services while Ink is loaded here.
  const joined = await joinOrStart(args, "watched", () => {
    opening.modes.enter();
    opening.screen.firstFrame([" launch  starting"]);
    void loadDashboard();
  });
  if (!joined.ok) {
    opening[Symbol.dispose]();
    printError(joined.words);
    return joined.code;
  }
  return await show(args, settings, joined, opening);
}

/** Shows a run that is going. */
export async function attachDashboard(
  args: FaceArgs & GlobalArgs,
  settings: UserConfig,
  session: RemoteSession,
  paths: StatePaths,
): Promise<number> {
  using opening = openHere(args, settings);
  return await show(args, settings, { session, paths, isNew: false }, opening);
}

function openHere(args: FaceArgs & GlobalArgs, settings: UserConfig, guard?: TerminalGuard): Opening {
  const opening = openDashboardTerminal(preferencesOf(settings, args), guard);
  if (opening !== undefined) return opening;
  throw new UsageError("The dashboard needs a terminal. There is --plain for everywhere else.");
}

async function show(
  args: FaceArgs & GlobalArgs,
  settings: UserConfig,
  joined: Omit<Extract<Joined, { readonly ok: true }>, "ok">,
  opening: Opening,
): Promise<number> {
  await using session = joined.session;
  const { paths, isNew: owner } = joined;
  const engine = namedProcess(session.about.pid);
  await session.watching();
  using host = openHost({ session, paths, owner, preferences: preferencesOf(settings, args) });
  const { runDashboard } = await loadDashboard();
  // What somebody searches for must not stop the keys.
  boundPatterns();
  using _tidying = tidyMemoryIn(tidyAfter);
  const end = await runDashboard(host, opening);
  switch (end.kind) {
    case "ended":
      say(
        endingLine(
          session.about.project,
          // Zero is when the engine's process began.
          session.now(),
          end.outcome,
          session.snapshot(),
          newStyle(wantsColor(args)),
        ),
      );
      return exitCodeOf(end.outcome);
    case "detached":
      return say(
        `${session.about.project} goes on in the background (pid ${session.about.pid}): launch attach shows it, launch down stops it.`,
      );
    case "left":
      return say(
        `${session.about.project} goes on (pid ${session.about.pid}): launch attach shows it, launch down stops it.`,
      );
    case "gone": {
      printError(`${await leaveRest(session, engine)}\n`);
      const { outcome } = session.snapshot();
      return outcome === undefined ? 130 : exitCodeOf(outcome);
    }
    case "lost":
      printError(`${lostWords(session.about, paths.directory, await joined.death?.())}\n`);
      return 1;
  }
}

/**
 * Who has gone at the third Ctrl-C leaves the rest to the engine, or, where that does not react, to its guard; what is said of
 * it.
 */
async function leaveRest(session: RemoteSession, engine: ReturnType<typeof namedProcess>): Promise<string> {
  const until = now() + reaction;
  const reacts = (): boolean => session.snapshot().hurried || !isProcess(engine);
  while (!reacts() && now() < until) await sleep(10);
  const { pid } = engine;
  if (reacts()) return `What has not ended yet is ended by the engine (pid ${pid}).`;
  const isKilled = await killEngine(engine);
  return isKilled
    ? `The engine (pid ${pid}) did not react and was killed; its guard ends what it had.`
    : `The engine (pid ${pid}) does not react; launch down ends the run.`;
}

function say(words: string): number {
  print(`${sentence(words)}\n`);
  return 0;
}
