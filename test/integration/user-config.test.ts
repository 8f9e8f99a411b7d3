// Where a person's settings are looked for.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readUserConfig, userConfigPath } from "../../src/effects/state/user-config.ts";

test("settings are in the directory for them", () => {
  expect(userConfigPath({ HOME: "/h" })).toBe("/h/.config/launch/config.yaml");
  expect(userConfigPath({ HOME: "/h", XDG_CONFIG_HOME: "/x" })).toBe("/x/launch/config.yaml");
  expect(userConfigPath({ HOME: "/h", XDG_CONFIG_HOME: "x" })).toBe("/h/.config/launch/config.yaml");
  expect(userConfigPath({ HOME: "/h", XDG_CONFIG_HOME: "" })).toBe("/h/.config/launch/config.yaml");
  expect(userConfigPath({})).toBe(join(homedir(), ".config/launch/config.yaml"));
});

test("a missing file is no settings, and one that cannot be read is told", async () => {
  const home = mkdtempSync(join(realpathSync(tmpdir()), "launch-home-"));
  using _ = { [Symbol.dispose]: () => rmSync(home, { recursive: true }) };
  const path = userConfigPath({ HOME: home });
  expect(await readUserConfig(path)).toEqual({ ok: true, config: { keys: {} } });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "ascii: true\n");
  expect(await readUserConfig(path)).toEqual({ ok: true, config: { keys: {}, ascii: true } });
  const directory = await readUserConfig(dirname(path));
  expect(directory.ok ? [] : directory.problems.map(({ message }) => message)).toEqual([
    `your settings cannot be read: ${dirname(path)} is a directory`,
  ]);
});
