// The run that a command is about: the one that is going here, with what was named started in it, or a new one.

import type { RemoteSession } from "../client/session.ts";
import type { StatePaths } from "../effects/state/directory.ts";
import type { Go } from "./early-engine.ts";
import { engineCandidate } from "./engine-process.ts";
import type { Death } from "./lost-engine.ts";
import { meantCommand } from "./meant-command.ts";
import type { UpArgs } from "./options.ts";
import { namedServices } from "./project.ts";
import { reachEvenSilent, stateOf } from "./reach.ts";
import { wantsColor } from "./terminal.ts";
import { UnreachableError } from "./usage-error.ts";

/** A session with the run, or why there is none: what to say on stderr, and the exit code. */
export type Joined =
  | {
      readonly ok: true;
      readonly session: RemoteSession;
      readonly paths: StatePaths;
      readonly isNew: boolean;
      /** How the engine has ended; there when it is our child. */
      readonly death?: () => Promise<Death | undefined>;
    }
  | { readonly ok: false; readonly code: number; readonly words: string };

/** Joins or starts. A new run ends with this process unless it is detached; `onStart` is called before its first word is waited for. */
export async function joinOrStart(args: UpArgs, kind: Go["kind"], onStart: () => void = () => {}): Promise<Joined> {
  using candidate = engineCandidate();
  const paths = await stateOf(args);
  if (paths === undefined) return { ok: false, code: 2, words: "" };
  const reached = await reach(paths);
  if ("words" in reached) return reached;
  const { session } = reached;
  if (session === undefined) {
    const beginning = candidate.begin({ kind, colors: wantsColor(args) });
    onStart();
    const born = await beginning;
    if (born.ok) return { ...born, paths, isNew: true };
    // Of several that start at the same moment one gets the lock, and the others join it.
    const again = await reach(paths);
    return "words" in again || again.session === undefined ? born : await join(again.session, args, paths);
  }
  return await join(session, args, paths);
}

/** Starts what is missing in the run. */
async function join(session: RemoteSession, args: UpArgs, paths: StatePaths): Promise<Joined> {
  try {
    await session.start(namedServices(args), args.deps);
    return { ok: true, session, paths, isNew: false };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    const words = error instanceof Error ? error.message : String(error);
    return { ok: false, code: 2, words: `${words}\n${meantCommand(args, words)}` };
  }
}

/** The run that is going; what cannot be talked to is in the way. One that is silent is told of by the lock that it has. */
async function reach(
  paths: StatePaths,
): Promise<{ readonly session: RemoteSession | undefined } | Extract<Joined, { readonly ok: false }>> {
  try {
    const reached = await reachEvenSilent(paths);
    return { session: reached !== undefined && "session" in reached ? reached.session : undefined };
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return { ok: false, code: 2, words: `${error.message}\n` };
  }
}
