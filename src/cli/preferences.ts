// How this person wants dashboards: their settings file, overruled by the command line and the environment.

import { readUserConfig, userConfigPath } from "../effects/state/user-config.ts";
import type { UserConfig } from "../manifest/user-config.ts";
import { renderProblem } from "../manifest/problem.ts";
import { actionNames } from "../tui/model/actions.ts";
import type { Preferences } from "../tui/host.ts";
import { isKey } from "../tui/model/keymap.ts";
import type { FaceArgs, GlobalArgs } from "./options.ts";
import { wantsColor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** The settings file; throws a `UsageError` that says all that is wrong with it. */
export async function readSettings(): Promise<UserConfig> {
  const read = await readUserConfig(userConfigPath(), { actions: actionNames, isKey });
  if (read.ok) return read.config;
  throw new UsageError(read.problems.map((problem) => renderProblem(problem, process.cwd())).join("\n\n"));
}

/** What the dashboard goes by. */
export function preferencesOf(settings: UserConfig, args: FaceArgs & GlobalArgs): Preferences {
  return {
    colors: wantsColor(args),
    ascii: args.ascii ?? settings.ascii ?? false,
    mouse: settings.mouse ?? true,
    keys: settings.keys,
  };
}
