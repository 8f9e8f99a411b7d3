// Watches the files of a manifest while a run of it is shown, and asks what differs once one of them has changed.

import { statSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { RemoteSession } from "../client/session.ts";
import type { Differences } from "../core/session.ts";
import { after } from "../effects/clock.ts";
import { isSame } from "../plan/differences.ts";

/** Between two looks at the files, in milliseconds. */
const interval = 2000;

/** How a file is: when it changed last, in wall-clock milliseconds, and all by which a change shows. */
export interface Stamp {
  readonly changedAt: number;
  readonly text: string;
}

/** What is watched, and who knows what differs. */
export interface Watching {
  readonly session: Pick<RemoteSession, "differences">;
  /** Absolute paths; a file may come and go. */
  readonly files: readonly string[];
  /** Wall clock when the run read them. */
  readonly since: number;
  readonly stampOf?: (path: string) => Stamp;
  readonly intervalMs?: number;
}

/** Tells what differs each time that becomes something else; undefined: nothing any more. Disposing ends it. */
export function watchManifest(
  { session, files, since, stampOf = stampOfFile, intervalMs = interval }: Watching,
  tell: (found: Differences | undefined) => void,
): Disposable {
  let known: string | undefined;
  let told: Differences | undefined;
  let timer: Disposable | undefined;
  let isOver = false;

  const look = async (): Promise<void> => {
    const stamps = files.map(stampOf);
    const text = stamps.map((stamp) => stamp.text).join("\n");
    // What the run itself has read needs no question.
    const isNews = known === undefined ? stamps.some(({ changedAt }) => changedAt > since) : text !== known;
    known = text;
    if (isNews) await ask();
    if (!isOver) timer = after(intervalMs, () => void look());
  };
  const ask = async (): Promise<void> => {
    // An engine that cannot say is asked again when the file changes again.
    const answer = await session.differences().catch(() => undefined);
    if (answer === undefined || isOver) return;
    const found = isSame(answer) ? undefined : answer;
    if (isDeepStrictEqual(found, told)) return;
    told = found;
    tell(found);
  };
  void look();
  return {
    [Symbol.dispose]() {
      isOver = true;
      timer?.[Symbol.dispose]();
    },
  };
}

function stampOfFile(path: string): Stamp {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return { changedAt: ctimeMs, text: `${ino} ${size} ${mtimeMs} ${ctimeMs}` };
  } catch {
    return { changedAt: 0, text: "none" };
  }
}
