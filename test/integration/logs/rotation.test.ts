import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { LogPolicy } from "../../../src/core/service.ts";
import { type Chain, openChain } from "../../../src/effects/logs/chain.ts";
import { followLog, type FollowedLog, type LogNews } from "../../../src/effects/logs/followed.ts";
import { linesOf } from "../../../src/effects/logs/lines.ts";
import { readLog } from "../../../src/effects/logs/reader.ts";
import { streamLines } from "../../../src/effects/logs/stream.ts";
import { haltGroup } from "../../../src/effects/processes/halt.ts";
import { until } from "../../helpers/wait.ts";

const path = process.env["PATH"];
afterEach(() => {
  process.env["PATH"] = path;
});

interface Rotating {
  readonly directory: string;
  readonly log: string;
  readonly followed: FollowedLog;
  readonly news: LogNews[];
  readonly seen: string[];
  write(script: string): ChildProcess;
}

/** Follows the log of a service called `api` whose processes are those that `write` starts. */
function rotating(policy: LogPolicy, directory = newDirectory()): Rotating {
  const log = join(directory, "api.log");
  const news: LogNews[] = [];
  const seen: string[] = [];
  let child: ChildProcess | undefined;
  const followed = followLog({
    path: log,
    policy,
    onLines: (batch) => seen.push(...Array.from(linesOf(batch), ({ text }) => text)),
    onNews: (one) => news.push(one),
    halt: () => haltGroup({ pid: child?.pid ?? 0 }),
  });
  onTestFinished(() => followed[Symbol.asyncDispose]());
  const write = (script: string): ChildProcess =>
    (child = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["ignore", followed.fd, followed.fd] }));
  return { directory, log, followed, news, seen, write };
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "launch-rotation-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Everything that is kept of the service, as `launch logs` reads it. */
function kept(directory: string): string[] {
  const chain = openChain(directory, "api");
  const lines = [...readOn(chain)];
  for (const segment of chain) segment[Symbol.dispose]();
  return lines;
}

function* readOn(chain: Chain): Generator<string> {
  const stream = streamLines(chain, { segment: 0, offset: 0 });
  for (let batch = stream.next("at-once"); batch !== undefined; batch = stream.next("at-once")) {
    for (const line of linesOf({ ...batch, origin: "program" })) yield line.text;
  }
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`);

describe.each([
  ["holes", path],
  ["stopping the writer, where there are no holes", dirname(process.execPath)],
])("rotation by %s", (way, programs) => {
  test("loses, doubles and parts no line of a program that writes as fast as it can", async () => {
    process.env["PATH"] = programs;
    const { directory, log, followed, news, seen, write } = rotating({ maxSize: 100_000, keep: 1000 });
    const block = "seq $((block * 10000 + 1)) $((block * 10000 + 10000))";
    const child = write(`PATH=${path}; for block in $(seq 0 29); do ${block}; sleep 0.02; done; exec sleep 1000`);
    await until("all lines", () => seen.length === 300_000);
    await until("some rotations", () => news.length > 2);
    await followed[Symbol.asyncDispose]();
    process.kill(-Number(child.pid), "SIGKILL");
    expect(seen).toEqual(numbers(1, 300_000));
    expect(kept(directory)).toEqual(seen);
    expect(news.every(({ kind }) => kind === "rotated")).toBe(true);
    const archives = readdirSync(directory).filter((name) => /^api\.\d+\.log$/.test(name));
    expect(archives.length).toBe(news.length);
    if (way !== "holes") return;
    expect(statSync(log).size).toBeGreaterThan(1_900_000);
    expect(statSync(log).blocks * 512).toBeLessThan(1_500_000);
  });

  test("keeps no more archives than were asked for", async () => {
    process.env["PATH"] = programs;
    const { directory, log, news, seen, write } = rotating({ maxSize: 5000, keep: 2 });
    for (let from = 1; from < 20_000; from += 2000) {
      const before = news.length;
      // Who is to be stopped must be there.
      const child = write(`PATH=${path}; seq ${from} ${from + 1999}; exec sleep 1000`);
      await until("lines and a rotation", () => seen.length === from + 1999 && news.length > before);
      process.kill(-Number(child.pid), "SIGKILL");
    }
    expect(seen.length).toBe(20_000);
    expect(
      readdirSync(directory)
        .filter((name) => name.endsWith(".log"))
        .toSorted(),
    ).toEqual(["api.1.log", "api.2.log", "api.log"]);
    const lines = kept(directory);
    expect(lines).toEqual(seen.slice(-lines.length));
    expect(existsSync(`${log}.new`)).toBe(false);
  });
});

test.each([
  ["in holes", path],
  ["by stopping the writer", dirname(process.execPath)],
])("whoever reads slowly finds in the archive what was rotated away from under them, %s", async (_, programs) => {
  process.env["PATH"] = programs;
  const { directory, followed, news, seen, write } = rotating({ maxSize: 40_000, keep: 100 });
  spawnSync("mkfifo", [join(directory, "go")], { env: { PATH: path } });
  const child = write(`PATH=${path}; seq 1 20; read start < ${directory}/go; seq 21 9000; exec sleep 1000`);
  await until("the first lines", () => seen.length === 20);
  const chain = openChain(directory, "api");
  const stream = streamLines(chain, { segment: 0, offset: 0 });
  const lines: string[] = [];
  const read = (): void => {
    for (let batch = stream.next("standing"); batch !== undefined; batch = stream.next("standing")) {
      lines.push(...Array.from(linesOf({ ...batch, origin: "program" }), ({ text }) => text));
    }
  };
  read();
  writeFileSync(join(directory, "go"), "go\n");
  await until("a rotation", () => seen.length === 9000 && news.length === 1);
  await followed[Symbol.asyncDispose]();
  read();
  expect(lines).toEqual(numbers(1, 9000));
  expect(stream.remark()).toBeUndefined();
  process.kill(-Number(child.pid), "SIGKILL");
  for (const segment of chain) segment[Symbol.dispose]();
});

test("whoever scrolls in a log never sees what a hole reads as", async () => {
  const { followed, news, log, write } = rotating({ maxSize: 50_000, keep: 1 });
  using reader = readLog(log);
  await once(write("seq 1 30"), "exit");
  reader.size();
  await once(write("seq 31 30000"), "exit");
  await followed.drain();
  await until("a rotation", () => news.length > 0);
  await followed[Symbol.asyncDispose]();
  reader.size();
  const bytes = Buffer.alloc(reader.size() - reader.first());
  expect(reader.read(bytes, reader.first())).toBe(bytes.length);
  expect(bytes.includes(0)).toBe(false);
  expect(reader.read(Buffer.alloc(9), 0)).toBe(0);
});

describe("the log of a service that starts", () => {
  test("becomes an archive when it is too large, and a new one begins", async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, "api.log"), "earlier\n".repeat(10));
    const { followed, write } = rotating({ maxSize: 80, keep: 1 }, directory);
    expect(followed.start()).toBe(0);
    await once(write("echo now"), "exit");
    expect(readFileSync(join(directory, "api.log"), "utf8")).toBe("now\n");
    expect(readFileSync(join(directory, "api.1.log"), "utf8")).toBe("earlier\n".repeat(10));
  });

  test("becomes an archive when it is too old", () => {
    const directory = newDirectory();
    const log = join(directory, "api.log");
    writeFileSync(log, "earlier\n");
    utimesSync(log, 1, 1);
    rotating({ maxSize: 1000, maxAge: 3_600_000, keep: 1 }, directory);
    expect(statSync(log).size).toBe(8);
    rotating({ maxSize: 1000, maxAge: -1, keep: 1 }, directory);
    expect(statSync(log).size).toBe(0);
    expect(statSync(join(directory, "api.1.log")).size).toBe(8);
  });

  test("goes on when nothing speaks against it", () => {
    const directory = newDirectory();
    writeFileSync(join(directory, "api.log"), "earlier\n");
    expect(rotating({ maxSize: 1000, keep: 1 }, directory).followed.start()).toBe(8);
  });

  test("is put away at a restart when it begins with a hole, and nobody loses sight of it", async () => {
    const { directory, log, followed, news, seen, write } = rotating({ maxSize: 50_000, keep: 100 });
    using reader = readLog(log);
    await once(write("seq 1 20000"), "exit");
    await followed.drain();
    await until("a rotation", () => news.length > 0);
    await once(write("echo last"), "exit");
    await followed.drain();
    const before = reader.size();
    await until("the end of the rotation", () => followed.retire());
    await followed[Symbol.asyncDispose]();
    const next = rotating({ maxSize: 50_000, keep: 100 }, directory);
    await once(next.write("echo again"), "exit");
    await next.followed.drain();
    expect(statSync(log).size).toBe(6);
    expect(kept(directory)).toEqual([...seen, "again"]);
    expect(reader.size()).toBe(before + 6);
    const bytes = Buffer.alloc(11);
    expect(reader.read(bytes, before - 5)).toBe(11);
    expect(bytes.toString()).toBe("last\nagain\n");
    // What was rotated away.
    expect(reader.read(bytes, 0)).toBe(0);
  });
});
