// Where a person's own settings are, and reading them. A missing file says nothing, and is no fault.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { KeyWords, UserConfigResult } from "../../manifest/user-config.ts";

/** `~/.config/launch/config.yaml`, or where `XDG_CONFIG_HOME` says that settings are. */
export function userConfigPath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env["XDG_CONFIG_HOME"];
  // The rule of that name is that a relative path counts as none.
  const home = env["HOME"] ?? homedir();
  return join(base !== undefined && isAbsolute(base) ? base : join(home, ".config"), "launch", "config.yaml");
}

/** The settings of a file, or all that is wrong with them; `known` judges actions and keys. */
export async function readUserConfig(path: string, known?: KeyWords): Promise<UserConfigResult> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { ok: true, config: { keys: {} } };
    const remedy = "Make it readable, or move it away.";
    return { ok: false, problems: [{ message: `your settings cannot be read: ${message}`, remedy }] };
  }
  // The reader of YAML is loaded only where there is something to read.
  const { parseUserConfig } = await import("../../manifest/user-config.ts");
  return parseUserConfig(text, path, known);
}
