// What a killed run of this project has left, for commands that only look: they say it, and `launch down` or the next launch ends it.

import type { StatePaths } from "../effects/state/directory.ts";
import { formerRun } from "../effects/state/former.ts";
import { isOwn } from "../effects/state/owner.ts";
import { readState } from "../effects/state/state-file.ts";

/** The pids of what a killed run in this state directory has left, whosever it was; none where there was no such run. */
export async function leftBehind(directory: string): Promise<ReadonlySet<number>> {
  const former = formerRun(readState(directory).state, directory);
  if (former.kind !== "killed") return new Set();
  const { findFormer } = await import("../effects/state/end-former.ts");
  return new Set((await findFormer(former.run)).map(({ pid }) => pid));
}

/** The same of this project and instance alone. */
export async function leftByOwn(paths: StatePaths): Promise<ReadonlySet<number>> {
  const { owner } = readState(paths.directory).state;
  return owner === undefined || isOwn(owner, paths) ? leftBehind(paths.directory) : new Set();
}

/** One line about them; undefined when there are none. */
export function leftBehindWords(pids: ReadonlySet<number>): string | undefined {
  if (pids.size === 0) return undefined;
  const [many, them] = pids.size === 1 ? ["a process", "it"] : [`${pids.size} processes`, "them"];
  return `A run of this project was killed and left ${many}; launch down ends ${them}, and so does the next launch.`;
}
