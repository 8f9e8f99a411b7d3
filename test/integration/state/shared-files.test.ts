// Files that several instances of one project write.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { readOwnState } from "../../../src/effects/state/former.ts";
import { statePaths } from "../../../src/effects/state/directory.ts";
import { removeFiles, writeFiles, type WrittenFiles } from "../../../src/effects/state/generated-files.ts";
import { writtenByOthers } from "../../../src/effects/state/other-instances.ts";
import { openStateFile } from "../../../src/effects/state/state-file.ts";

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), "launch-shared-"));
  path = join(root, "made.txt");
  const made = root;
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
});

const directoryOf = (instance: string): string =>
  instance === "default" ? join(root, ".launch") : join(root, ".launch", instance);
const othersOf = (instance: string): ReturnType<typeof writtenByOthers> =>
  writtenByOthers({ root, instance, directory: directoryOf(instance) });
const file = (content: string): { path: string; content: string; keep: boolean }[] => [{ path, content, keep: false }];

/** An instance that has written the file and says so in its state. */
async function writeAs(instance: string, content: string, project = root): Promise<WrittenFiles> {
  const written: WrittenFiles = {};
  await writeFiles(file(content), written, root, othersOf(instance));
  mkdirSync(directoryOf(instance), { recursive: true });
  openStateFile(directoryOf(instance), { isWhole: false }).write({
    owner: { name: "shop", root: project, instance },
    ports: {},
    files: written,
  });
  return written;
}

test.each([
  ["default", "two"],
  ["two", "default"],
  ["two", "three"],
])("what instance %s has written, %s writes over and names", async (first, second) => {
  await writeAs(first, "one");
  const written: WrittenFiles = {};
  expect(await writeFiles(file("other"), written, root, othersOf(second))).toEqual([{ path, instance: first }]);
  expect(readFileSync(path, "utf8")).toBe("other");
});

test("a file that is as another instance wrote it stays when this one is done with it", async () => {
  await writeAs("default", "same");
  const written = await writeAs("two", "same");
  await removeFiles(file("same"), written, othersOf("two"));
  expect(readFileSync(path, "utf8")).toBe("same");
  expect(written).toEqual({});
});

test("one that somebody has changed since is a stranger's", async () => {
  await writeAs("default", "one");
  writeFileSync(path, "changed by hand");
  await expect(writeFiles(file("other"), {}, root, othersOf("two"))).rejects.toThrow("was not written by launch");
  expect(readFileSync(path, "utf8")).toBe("changed by hand");
});

test("what another project's state beside ours says counts for nothing", async () => {
  const other = mkdtempSync(join(tmpdir(), "launch-shared-other-"));
  onTestFinished(() => rmSync(other, { recursive: true, force: true }));
  await writeAs("default", "one", other);
  await expect(writeFiles(file("other"), {}, root, othersOf("two"))).rejects.toThrow("was not written by launch");
});

test.each([
  ["moved", renameSync],
  ["copied", (from: string, to: string) => cpSync(from, to, { recursive: true })],
])(
  "what was written in a project that was then %s is its own there, unless somebody has changed it",
  async (_, bring) => {
    await writeAs("default", "one");
    const there = `${root}-there`;
    onTestFinished(() => rmSync(there, { recursive: true, force: true }));
    bring(root, there);
    const { files } = readOwnState(statePaths(there, "default", {})).state;
    const brought = join(there, "made.txt");
    expect(Object.keys(files)).toEqual([brought]);
    const two = [{ path: brought, content: "two", keep: false }];
    await writeFiles(two, files, there);
    expect(readFileSync(brought, "utf8")).toBe("two");
    writeFileSync(brought, "mine");
    await expect(writeFiles(two, files, there)).rejects.toThrow("was not written by launch");
  },
);

test("what another project has written is nobody's own elsewhere, though both keep their state in one directory", async () => {
  await writeAs("default", "one");
  const there = mkdtempSync(join(realpathSync(tmpdir()), "launch-shared-"));
  onTestFinished(() => rmSync(there, { recursive: true, force: true }));
  const paths = statePaths(there, "default", { LAUNCH_STATE_DIR: join(root, ".launch") });
  expect(readOwnState(paths).state.files).toEqual({});
});
