// What is said where a manifest was edited while a run of it goes on.

import { printError } from "./print.ts";
import type { RemoteSession } from "../client/session.ts";
import type { Differences } from "../core/session.ts";
import { isSame } from "../plan/differences.ts";

/** A line about what the manifest says now and the run does not know; undefined when there is nothing, or the engine cannot tell. */
export async function editedWords(session: Pick<RemoteSession, "differences">): Promise<string | undefined> {
  const found = await session.differences().catch(() => undefined);
  return found === undefined || isSame(found) ? undefined : wordsOn(found);
}

/** Says it on stderr, if there is anything to say. */
export async function sayEdited(session: Pick<RemoteSession, "differences">): Promise<void> {
  const words = await editedWords(session);
  if (words !== undefined) printError(`${words}\n`);
}

/** `The manifest has changed since this run began (api: env, port; new: extra). …` */
function wordsOn({ settings, changed, added, removed, fault }: Differences): string {
  if (fault !== undefined) return `The manifest has changed since this run began, and is wrong now: ${fault}`;
  const parts = [
    ...(settings.length > 0 ? [`for all: ${settings.join(", ")}`] : []),
    ...changed.map(({ service, keys }) => `${service}: ${keys.join(", ")}`),
    ...(added.length > 0 ? [`new: ${added.join(", ")}`] : []),
    ...(removed.length > 0 ? [`gone: ${removed.join(", ")}`] : []),
  ];
  return `The manifest has changed since this run began (${parts.join("; ")}). What runs goes by what it said then; launch down and launch start what it says now.`;
}
