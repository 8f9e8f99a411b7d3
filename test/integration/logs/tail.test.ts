import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLogFile } from "../../../src/effects/logs/file.ts";
import { countLines, lineBound, linesOf } from "../../../src/effects/logs/lines.ts";
import { createRing } from "../../../src/effects/logs/ring.ts";
import { tailLog } from "../../../src/effects/logs/tail.ts";
import { follow } from "./following.ts";

async function run(script: string, fd: number): Promise<void> {
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", fd, fd] });
  await once(child, "exit");
}

describe("a log file", () => {
  test("is private, and what earlier runs have written stays", () => {
    const directory = mkdtempSync(join(tmpdir(), "launch-logs-"));
    const path = join(directory, "logs", "api.log");
    openLogFile(path)[Symbol.dispose]();
    appendFileSync(path, "earlier\n");
    using file = openLogFile(path);
    expect(file.size).toBe(8);
    writeSync(file.fd, "later\n");
    expect(readFileSync(path, "utf8")).toBe("earlier\nlater\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "logs")).mode & 0o777).toBe(0o700);
    rmSync(directory, { recursive: true });
  });
});

describe("following a log file", () => {
  test("delivers lines as they are written, stdout and stderr in order", async () => {
    await using log = follow();
    const done = run("echo one; echo two >&2; echo three", log.fd);
    await log.until(() => log.seen.length === 3);
    expect(log.texts()).toEqual(["one", "two", "three"]);
    await done;
  });

  test("delivers what a program has written last when it is drained, an unterminated line included", async () => {
    await using log = follow();
    await run("echo one; printf last", log.fd);
    await log.drain();
    expect(log.texts()).toEqual(["one", "last"]);
    writeSync(log.fd, " words\nnext\n");
    await log.drain();
    expect(log.seen.slice(2)).toEqual([
      { text: " words", continued: true },
      { text: "next", continued: false },
    ]);
  });

  test("delivers nothing while it is paused, and then all that was written", async () => {
    await using log = follow();
    log.pause();
    // Another that follows the same file tells when this one could have seen the line.
    const { promise: written, resolve } = Promise.withResolvers<void>();
    await using other = tailLog({ path: log.path, from: 0, onLines: () => resolve() });
    writeSync(log.fd, "one\n");
    await written;
    expect(log.texts()).toEqual([]);
    log.resume();
    await log.until(() => log.seen.length === 1);
    writeSync(log.fd, "two\n");
    await log.until(() => log.seen.length === 2);
    expect(log.texts()).toEqual(["one", "two"]);
    expect(other.delivered()).toBe(8);
  });

  test("delivers a line that stands without an end once, and what comes of it later as its rest", async () => {
    await using log = follow();
    writeSync(log.fd, "console> ");
    await log.until(() => log.seen.length === 1);
    writeSync(log.fd, "quit\nbye");
    await log.until(() => log.seen.length === 3);
    writeSync(log.fd, "\nend\n");
    await log.until(() => log.seen.length === 4);
    expect(log.seen).toEqual([
      { text: "console> ", continued: false },
      { text: "quit", continued: true },
      { text: "bye", continued: false },
      { text: "end", continued: false },
    ]);
  });

  test("keeps the beginning of a code point, and a return to the line's start, for what comes next", async () => {
    await using log = follow();
    const [first, second] = [Buffer.from("größe").subarray(0, 3), Buffer.from("größe").subarray(3)];
    writeSync(log.fd, first);
    await log.until(() => log.seen.length === 1);
    writeSync(log.fd, second);
    writeSync(log.fd, "\r");
    await log.until(() => log.seen.length === 2);
    writeSync(log.fd, "klein\r");
    await log.until(() => log.seen.length === 3);
    writeSync(log.fd, "\n");
    await log.drain();
    expect(log.texts()).toEqual(["gr", "öße", "\rklein"]);
  });

  test("skips what earlier runs have left", async () => {
    await using log = follow();
    writeSync(log.fd, "earlier\n");
    const texts: string[] = [];
    await using tail = tailLog({
      path: log.path,
      from: statSync(log.path).size,
      onLines: (batch) => texts.push(...Array.from(linesOf(batch), (line) => line.text)),
    });
    writeSync(log.fd, "now\n");
    await tail.drain();
    expect(texts).toEqual(["now"]);
  });

  test("puts lines together that come in any number of pieces", async () => {
    await using log = follow();
    const lines = ["größe 😀", "x".repeat(lineBound - 1), "", "short", "é".repeat(30_000)];
    const bytes = Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
    for (let at = 0, size = 1; at < bytes.length; at += size, size = ((size * 7 + 3) % 5000) + 1) {
      writeSync(log.fd, bytes, at, Math.min(size, bytes.length - at));
      await turns();
    }
    await log.drain();
    expect(log.texts()).toEqual(lines);
    expect(log.seen.some((line) => line.continued)).toBe(false);
  });

  test("hands over the start of an endless line before it is over, never cut within a code point", async () => {
    await using log = follow();
    const text = `a${"😀".repeat(lineBound / 2)}`;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 1021) {
      writeSync(log.fd, bytes, at, Math.min(1021, bytes.length - at));
      await turns();
    }
    await log.until(() => log.seen.length === 2);
    await log.drain();
    expect(log.seen.map((line) => line.continued)).toEqual([false, true, true]);
    expect(log.texts().join("")).toBe(text);
  });

  test("loses and reorders nothing of a program that writes faster than it is read", async () => {
    await using log = follow();
    const ring = createRing(64 * 1024);
    let expected = 1;
    let lines = 0;
    await using tail = tailLog({
      path: log.path,
      from: 0,
      onLines: (batch) => {
        lines += countLines(batch);
        ring.push(batch);
        for (const line of linesOf(batch)) if (Number(line.text) === expected) expected++;
      },
    });
    await run("seq 1 200000", log.fd);
    await tail.drain();
    expect(lines).toBe(200_000);
    expect(expected).toBe(200_001);
    expect(ring.last(2)).toEqual(["199999", "200000"]);
  });

  test("goes on from the start of a file that somebody has truncated, and says so", async () => {
    await using log = follow();
    writeSync(log.fd, "one\ntwo\nunfinished");
    await log.until(() => log.seen.length === 2);
    truncateSync(log.path);
    writeSync(log.fd, "new\n");
    await log.until(() => log.texts().includes("new"));
    expect(log.texts()).toEqual(["one", "two", "unfinished", "new"]);
    expect(log.remarks).toEqual(["the log file was truncated by another program; its earlier lines are gone"]);
  });

  test.each([
    ["renamed", (path: string) => renameSync(path, `${path}.1`)],
    ["moved elsewhere", (path: string) => renameSync(path, join(path, "../../elsewhere"))],
    ["deleted", (path: string) => rmSync(path)],
    ["deleted with its directory", (path: string) => rmSync(join(path, ".."), { recursive: true })],
    ["moved with its directory", (path: string) => renameSync(join(path, ".."), join(path, "../../moved"))],
  ])("goes on with a file that was %s, and with the new one in its place", async (_, change) => {
    await using log = follow();
    writeSync(log.fd, "before\n");
    await log.until(() => log.seen.length === 1);
    change(log.path);
    await turns();
    writeSync(log.fd, "after\n");
    await log.until(() => log.seen.length === 2);
    mkdirSync(join(log.path, ".."), { recursive: true });
    using file = openLogFile(log.path);
    const fresh: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    await using _tail = tailLog({
      path: log.path,
      from: file.size,
      onLines: (batch) => {
        fresh.push(...Array.from(linesOf(batch), (line) => line.text));
        resolve();
      },
    });
    // Once the initial look is over, only the watch can tell of this line.
    await turns();
    writeSync(file.fd, "fresh\n");
    writeSync(log.fd, "and on\n");
    await promise;
    await log.until(() => log.seen.length === 3);
    expect(fresh).toEqual(["fresh"]);
    expect(log.texts()).toEqual(["before", "after", "and on"]);
  });

  test("notices at once that a directory of logs is another one now", async () => {
    await using log = follow();
    const logs = join(log.path, "..");
    renameSync(logs, `${logs}.old`);
    using file = openLogFile(log.path);
    const { promise, resolve } = Promise.withResolvers<string>();
    await using _tail = tailLog({
      path: log.path,
      from: 0,
      onLines: (batch) => resolve(batch.bytes.toString()),
    });
    await turns();
    writeSync(file.fd, "fresh\n");
    expect(await promise).toBe("fresh\n");
  });

  test("catches up with all that was written before it began", async () => {
    const directory = mkdtempSync(join(tmpdir(), "launch-logs-"));
    using file = openLogFile(join(directory, "api.log"));
    const line = `${"x".repeat(99)}\n`;
    writeSync(file.fd, line.repeat(50_000));
    let seen = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    await using _tail = tailLog({
      path: file.path,
      from: 0,
      onLines: (batch) => {
        seen += countLines(batch);
        if (seen === 50_000) resolve();
      },
    });
    await promise;
    expect(seen).toBe(50_000);
    rmSync(directory, { recursive: true });
  });

  test("serves many files of one directory, each its own lines", async () => {
    await using log = follow();
    const names = Array.from({ length: 60 }, (_, index) => `service-${index}`);
    const seen = new Map<string, string[]>(names.map((name) => [name, []]));
    const files = names.map((name) => openLogFile(join(log.directory, "logs", `${name}.log`)));
    const { promise, resolve } = Promise.withResolvers<void>();
    const tails = names.map((name) =>
      tailLog({
        path: join(log.directory, "logs", `${name}.log`),
        from: 0,
        onLines: (batch) => {
          seen.get(name)?.push(...Array.from(linesOf(batch), (line) => line.text));
          if ([...seen.values()].every((lines) => lines.length === 3)) resolve();
        },
      }),
    );
    for (let round = 0; round < 3; round++) {
      for (const [index, file] of files.entries()) writeSync(file.fd, `${names[index]} ${round}\n`);
    }
    await promise;
    for (const [name, lines] of seen) expect(lines).toEqual([`${name} 0`, `${name} 1`, `${name} 2`]);
    await Promise.all(tails.map((tail) => tail[Symbol.asyncDispose]()));
    for (const file of files) file[Symbol.dispose]();
  });

  test("delivers nothing more once it is disposed", async () => {
    const log = follow();
    writeSync(log.fd, "one\n");
    await log.until(() => log.seen.length === 1);
    writeSync(log.fd, "two\n");
    await log[Symbol.asyncDispose]();
    await log.drain();
    expect(log.texts()).toEqual(["one"]);
  });

  test("needs little memory for a gigabyte without a line end", async () => {
    const directory = mkdtempSync(join(tmpdir(), "launch-logs-"));
    using file = openLogFile(join(directory, "api.log"));
    let pieces = 0;
    let bytes = 0;
    const ring = createRing();
    await using tail = tailLog({
      path: file.path,
      from: 0,
      onLines: (batch) => {
        pieces += countLines(batch);
        bytes += batch.bytes.length;
        ring.push(batch);
      },
    });
    const before = process.memoryUsage.rss();
    // A sparse file is as long as one that was written, and costs no disk.
    truncateSync(file.path, 1024 ** 3);
    await tail.drain();
    expect(bytes).toBe(1024 ** 3);
    expect(pieces).toBe(1024 ** 3 / lineBound);
    expect(ring.last(1)[0]).toHaveLength(lineBound);
    expect(process.memoryUsage.rss() - before).toBeLessThan(50 * 1024 ** 2);
    rmSync(directory, { recursive: true });
  });
});

/** Lets the tail read what is there. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("a log that was emptied and has grown longer than it was is told by what stands there", async () => {
  await using log = follow();
  writeSync(log.fd, "one\ntwo\n");
  await log.until(() => log.seen.length === 2);
  truncateSync(log.path);
  writeSync(log.fd, "a first line, longer than all before\n");
  await log.until(() => log.seen.length === 3);
  expect(log.texts()).toEqual(["one", "two", "a first line, longer than all before"]);
  expect(log.remarks).toEqual([
    "the log file was emptied by another program and has grown again; its earlier lines are gone",
  ]);
});
