import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type LogReader, readLog } from "../../../src/effects/logs/reader.ts";

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

const textOf = (log: LogReader, from = log.first()): string => {
  const bytes = Buffer.alloc(log.size() - from);
  return bytes.toString("utf8", 0, log.read(bytes, from));
};

test("the file that takes the log's place is read on behind the old one, which stays readable", () => {
  const path = newPath();
  writeFileSync(path, "one\ntwo");
  using log = readLog(path);
  expect(textOf(log)).toBe("one\ntwo");
  renameSync(path, `${path}.moved`);
  appendFileSync(`${path}.moved`, " and a half");
  expect(textOf(log)).toBe("one\ntwo and a half");
  writeFileSync(path, "three\n");
  expect(textOf(log)).toBe("one\ntwo and a half\nthree\n");
  expect(textOf(log, 10)).toBe("d a half\nthree\n");
  expect([log.beginning(8), log.beginning(20)]).toEqual([0, 19]);
});

test("only the latest files are kept open", () => {
  const path = newPath();
  writeFileSync(path, "0\n");
  using log = readLog(path);
  log.size();
  for (let number = 1; number < 6; number++) {
    rmSync(path);
    writeFileSync(path, `${number}\n`);
    log.size();
  }
  expect(log.first()).toBe(6);
  expect(textOf(log)).toBe("3\n4\n5\n");
});

test("a log begins behind its hole, with the words of the file of times and without them", () => {
  const path = newPath();
  const gone = "x".repeat(99_999);
  writeFileSync(path, `${gone}\nfirst\n`);
  using log = readLog(path);
  expect(log.size()).toBe(100_006);
  spawnSync("fallocate", ["--punch-hole", "--offset", "0", "--length", "100000", path]);
  log.size();
  expect(log.first()).toBe(100_000);
  expect(textOf(log)).toBe("first\n");
  expect(log.read(Buffer.alloc(8), 50_000)).toBe(0);
  using later = readLog(path);
  later.size();
  expect(later.first()).toBe(100_000);
});
