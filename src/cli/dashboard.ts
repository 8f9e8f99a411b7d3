// The dashboard in this terminal, over a run in a process of its own.

import type { RemoteSession } from "../client/session.ts";
import type { StatePaths } from "../effects/state/directory.ts";
import type { AttachArgs } from "./attach.ts";
import { joinOrStart } from "./join.ts";
import type { UpArgs } from "./options.ts";

export async function showDashboard(args: UpArgs): Promise<number> {
  const joined = await joinOrStart(args, "watched");
  if (!joined.ok) {
    process.stderr.write(joined.words);
    return joined.code;
  }
  await joined.session.closed;
  return 0;
}

export async function attachDashboard(args: AttachArgs, session: RemoteSession, paths: StatePaths): Promise<number> {
  void args;
  void paths;
  await session.closed;
  return 0;
}
