import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readLog } from "../../../src/effects/logs/reader.ts";

function newPath(): string {
  const directory = mkdtempSync(join(tmpdir(), "launch-reader-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "api.log");
}

test("a log that is not there yet is empty, and is read once it is written", () => {
  const path = newPath();
  using log = readLog(path);
  expect(log.size()).toBe(0);
  expect(log.read(Buffer.alloc(4), 0)).toBe(0);
  writeFileSync(path, "one\n");
  appendFileSync(path, "two\n");
  expect(log.size()).toBe(8);
  const bytes = Buffer.alloc(4);
  expect(log.read(bytes, 4)).toBe(4);
  expect(bytes.toString()).toBe("two\n");
});

test("the file that replaces a deleted one is read", () => {
  const path = newPath();
  writeFileSync(path, "old and long\n");
  using log = readLog(path);
  log.size();
  rmSync(path);
  writeFileSync(path, "new\n");
  log.size();
  expect(log.size()).toBe(4);
});
