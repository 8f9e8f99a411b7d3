// What is said where a state directory is another project's: `LAUNCH_STATE_DIR` is easily set for a whole shell.

import type { StatePaths } from "../effects/state/directory.ts";
import { describeOwner, type Owner } from "../effects/state/owner.ts";

/** Why nothing is done about a run that was found here, and what to do. */
export function foreignWords(owner: Owner & { readonly pid: number }, paths: Pick<StatePaths, "directory">): string {
  return `${paths.directory} is in use by ${describeOwner(owner)} (pid ${owner.pid}), which is left alone. ${remedy}`;
}

/** Why nothing is started where another project's run was killed and its processes live. */
export function foreignLeftWords(owner: Owner, count: number, { directory }: Pick<StatePaths, "directory">): string {
  const what = count === 1 ? "a process" : `${count} processes`;
  return `${directory} says that a run of ${describeOwner(owner)} was killed and left ${what}. End it there by launch down. ${remedy}`;
}

/** Why no logs are shown. */
export function foreignLogsWords(owner: Owner, { directory }: Pick<StatePaths, "directory">): string {
  return `The logs in ${directory} are of ${describeOwner(owner)}. ${remedy}`;
}

const remedy = "One state directory is for one project: name another by LAUNCH_STATE_DIR, or unset it.";
