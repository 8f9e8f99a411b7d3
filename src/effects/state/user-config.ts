// Where a person's own settings are, and reading them. A missing file says nothing, and is no fault.

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { isThere, readTextFile, UnreadableError } from "../../manifest/text-file.ts";
import type { KeyWords, UserConfigResult } from "../../manifest/user-config.ts";

/** `~/.config/launch/config.yaml`, or where `XDG_CONFIG_HOME` says that settings are. */
export function userConfigPath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env["XDG_CONFIG_HOME"];
  // The rule of that name is that a relative path counts as none.
  const home = env["HOME"] ?? homedir();
  return join(base !== undefined && isAbsolute(base) ? base : join(home, ".config"), "launch", "config.yaml");
}

const bounds = { mebibytes: 1, silence: 2 };

/** The settings of a file, or all that is wrong with them; `known` judges actions and keys. */
export async function readUserConfig(path: string, known?: KeyWords): Promise<UserConfigResult> {
  let text: string;
  try {
    if (!isThere(path)) return { ok: true, config: { keys: {} } };
    text = await readTextFile(path, bounds);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const remedy = "Make it readable, or move it away.";
    return { ok: false, problems: [{ message: `your settings cannot be read: ${path} ${error.message}`, remedy }] };
  }
  // The reader of YAML is loaded only where there is something to read.
  const { parseUserConfig } = await import("../../manifest/user-config.ts");
  return parseUserConfig(text, path, known);
}
