// What is said where a manifest was edited while a run of it goes on.

import { printError } from "./print.ts";
import type { RemoteSession } from "../client/session.ts";
import { editedSentence } from "../core/edited.ts";
import { isSame } from "../plan/differences.ts";

/** A line about what the manifest says now and the run does not know; undefined when there is nothing, or the engine cannot tell. */
export async function editedWords(session: Pick<RemoteSession, "differences">): Promise<string | undefined> {
  const found = await session.differences().catch(() => undefined);
  return found === undefined || isSame(found) ? undefined : editedSentence(found);
}

/** Says it on stderr, if there is anything to say. */
export async function sayEdited(session: Pick<RemoteSession, "differences">): Promise<void> {
  const words = await editedWords(session);
  if (words !== undefined) printError(`${words}\n`);
}
