import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readEnvFiles } from "../../../src/manifest/dotenv.ts";
import { workspace } from "./project.ts";

it.each(["none", "below/nothing"])("an optional env file that is not there is empty: %s", async (path) => {
  await using space = await workspace({});
  expect(await readEnvFiles([{ path: join(space.directory, path), required: false }])).toEqual({});
});

it.each([
  ["directory", "is a directory"],
  ["latin", "is not UTF-8 text"],
  ["loop", "is a link that leads back to itself"],
  ["nul", "a NUL byte is no text"],
])("an optional env file that is there has to be readable: %s", async (name, words) => {
  await using space = await workspace({ latin: Uint8Array.from([0x41, 0x3d, 0xe9]), nul: "A=\0" });
  await mkdir(join(space.directory, "directory"));
  await symlink("loop", join(space.directory, "loop"));
  const path = join(space.directory, name);
  await expect(readEnvFiles([{ path, required: false }])).rejects.toThrow(words);
});
