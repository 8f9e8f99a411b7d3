// `launch attach [SVC]`: the dashboard of the run that is going here, or a service's own terminal.

import { dialAttachment } from "../client/session.ts";
import { attachHere, sizeOf } from "./attach-terminal.ts";
import type { FaceArgs, GlobalArgs } from "./options.ts";
import { reachRun, sayNobodyThere, stateOf } from "./reach.ts";
import { isInteractive } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** What `launch attach` is given. */
type AttachArgs = GlobalArgs & FaceArgs & { readonly service?: string };

/** 0 when the person leaves; with the dashboard the run's own exit code when it ends meanwhile, 4 when nothing runs. */
export async function run(args: AttachArgs): Promise<number> {
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  if (!isInteractive({ ...args, nonInteractive: false })) {
    throw new UsageError("launch attach needs a terminal. For a look without one there is launch status.");
  }
  const session = await reachRun(paths);
  if (session === undefined) return sayNobodyThere(args);
  if (args.service === undefined) {
    const settings = await (await import("./preferences.ts")).readSettings();
    return (await import("./dashboard.ts")).attachDashboard(args, settings, session, paths);
  }
  await session[Symbol.asyncDispose]();
  await attachHere(await dialAttachment(paths.directory, args.service, sizeOf()), { service: args.service });
  return 0;
}
