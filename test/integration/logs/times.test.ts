import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { headerSize, recordSize } from "../../../src/effects/logs/times-format.ts";
import { readTimes } from "../../../src/effects/logs/times-reader.ts";
import { keepTimes } from "../../../src/effects/logs/times-writer.ts";
import { until } from "../../helpers/wait.ts";

function newPath(): string {
  const directory = mkdtempSync(join(tmpdir(), "launch-times-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "api.times");
}

const records = (path: string): number => (statSync(path).size - headerSize) / recordSize;

test("a line has the time at which it was seen, however long ago that was", async () => {
  const path = newPath();
  const times = keepTimes(path, { inode: 7, first: 0 });
  const before = Date.now();
  times.saw(100);
  await until("the first record", () => records(path) === 1);
  times.saw(200);
  await until("the second record", () => records(path) === 2);
  times[Symbol.dispose]();
  const after = Date.now();
  using kept = readTimes(path, 7);
  const [first, second] = [kept?.at(0), kept?.at(150)];
  expect([first?.until, second?.until, kept?.at(200)]).toEqual([100, 200, undefined]);
  expect(before).toBeLessThanOrEqual(first?.time ?? 0);
  expect(first?.time).toBeLessThanOrEqual(second?.time ?? 0);
  expect(second?.time).toBeLessThanOrEqual(after);
  expect(kept?.offsetAt(second?.time ?? 0)).toBe(first?.time === second?.time ? 0 : 100);
});

test("a flood costs few records, and the last of it is among them", async () => {
  const path = newPath();
  const times = keepTimes(path, { inode: 7, first: 0 });
  const start = performance.now();
  for (let offset = 1; offset <= 5000; offset++) {
    times.saw(offset);
    if (offset % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const took = performance.now() - start;
  times[Symbol.dispose]();
  const last = (): unknown => {
    using kept = readTimes(path, 7);
    return kept?.at(4999)?.until;
  };
  await until("the last record", () => last() === 5000);
  expect(records(path)).toBeLessThanOrEqual(2 + took / 10);
});

test("times go on over engines, and a record that is torn is written over", async () => {
  const path = newPath();
  for (const offset of [100, 200, 300]) {
    const times = keepTimes(path, { inode: 7, first: 0 });
    times.saw(offset);
    times[Symbol.dispose]();
    await until("the record", () => records(path) === offset / 100);
    if (offset === 100) appendFileSync(path, "torn");
    if (offset === 200) truncateSync(path, statSync(path).size - 5);
    if (offset === 200) expect(records(path)).toBeCloseTo(1.58, 1);
    if (offset === 200) break;
  }
  const times = keepTimes(path, { inode: 7, first: 0 });
  times.saw(300);
  times[Symbol.dispose]();
  await until("the record", () => records(path) === 2);
  using kept = readTimes(path, 7);
  expect([kept?.at(0)?.until, kept?.at(100)?.until]).toEqual([100, 300]);
});

test.each([
  ["nothing", ""],
  ["something else", "x".repeat(999)],
])("a file of times that holds %s is begun anew", async (_, content) => {
  const path = newPath();
  writeFileSync(path, content);
  expect(readTimes(path, 7)).toBeUndefined();
  const times = keepTimes(path, { inode: 7, first: 50 });
  times.saw(100);
  times[Symbol.dispose]();
  await until("a record", () => statSync(path).size === headerSize + recordSize);
  using kept = readTimes(path, 7);
  expect([kept?.header.first, kept?.at(60)?.until]).toEqual([50, 100]);
  expect(readTimes(path, 8)).toBeUndefined();
  expect(readFileSync(path).length).toBe(headerSize + recordSize);
});

test("times that cannot be written cost nothing but times, and those after them are written once they can be", async () => {
  const path = join(dirname(newPath()), "not/there/api.times");
  const times = keepTimes(path, { inode: 7, first: 0 });
  times.saw(100);
  await times.pause();
  expect(existsSync(path)).toBe(false);
  mkdirSync(dirname(path), { recursive: true });
  times.resume(50, 0);
  times.saw(200);
  times[Symbol.dispose]();
  await until("the record", () => existsSync(path) && records(path) === 1);
  using kept = readTimes(path, 7);
  expect([kept?.header.first, kept?.at(199)?.until]).toEqual([50, 200]);
});
