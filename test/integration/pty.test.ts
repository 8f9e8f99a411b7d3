// A pseudo-terminal whose log is slow, or that somebody keeps open.

import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Exit } from "../../src/core/failure.ts";
import { spawnInTerminal, type Terminal } from "../../src/effects/processes/pty.ts";
import { groupAlive } from "../../src/effects/processes/signal.ts";
import { stateOf } from "../helpers/processes.ts";
import { until } from "../helpers/wait.ts";

interface Case extends Disposable {
  readonly pid: number;
  readonly terminal: Terminal;
  readonly directory: string;
  exit: Exit | undefined;
  /** What the log holds; for a pipe, what was read of it. */
  log(): string;
}

/** Runs a command in a terminal whose log is a file, or a pipe that somebody has to read. */
async function start(args: readonly string[], kind: "file" | "pipe" = "file"): Promise<Case> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "launch-pty-"));
  const path = join(directory, "log");
  if (kind === "pipe") execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
  const output = openSync(path, kind === "pipe" ? "r+" : "a");
  const spec = { command: { args }, cwd: directory, env: { PATH: process.env["PATH"] ?? "" }, output };
  const spawned = await spawnInTerminal(spec, (exit) => (it.exit = exit));
  if (!("pid" in spawned)) throw new Error(JSON.stringify(spawned));
  const it: Case = {
    pid: spawned.pid,
    terminal: spawned.terminal,
    directory,
    exit: undefined,
    log: () => readFileSync(path, "latin1"),
    [Symbol.dispose]() {
      if (groupAlive(spawned.pid)) process.kill(-spawned.pid, "SIGKILL");
      spawned.terminal[Symbol.dispose]();
      closeSync(output);
      rmSync(directory, { recursive: true });
    },
  };
  return it;
}

const megabyte = `
  let text = "";
  for (let i = 0; i < 100_000; i++) text += String(i).padStart(9, "0") + "\\n";
  process.stdout.write(text, () => process.exit(7));`;

test("a program waits while its log is slow, and nothing of it is lost", async () => {
  using slow = await start([process.execPath, "-e", megabyte], "pipe");
  const fd = openSync(join(slow.directory, "log"), constants.O_RDONLY | constants.O_NONBLOCK);
  using _ = { [Symbol.dispose]: () => closeSync(fd) };
  // It sleeps in the middle of what it has to say: the pipe, the queue and the terminal are full.
  const busy = (): string => readFileSync(`/proc/${slow.pid}/stat`, "utf8").split(" ").slice(13, 15).join(" ");
  let last = "";
  await until("it to wait", async () => {
    const now = busy();
    const isSame = now === last;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return isSame && stateOf(slow.pid) === "S";
  });
  expect(slow.exit).toBeUndefined();
  let read = "";
  const buffer = Buffer.alloc(65_536);
  await until("everything", () => {
    try {
      read += buffer.toString("latin1", 0, readSync(fd, buffer));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    return read.length >= 1_100_000;
  });
  await until("the end", () => slow.exit !== undefined);
  expect(slow.exit).toEqual({ code: 7, signal: null });
  const expected = Array.from({ length: 100_000 }, (_, i) => `${String(i).padStart(9, "0")}\r\n`).join("");
  expect(read === expected).toBe(true);
});

test("the end of the first process is told although others keep the terminal, and what they show is kept", async () => {
  using left = await start([
    "sh",
    "-c",
    "trap '' HUP; (until [ -e go ]; do sleep 0.01; done; echo late; sleep 1000) & echo first",
  ]);
  await until("the end", () => left.exit !== undefined);
  expect(left.exit).toEqual({ code: 0, signal: null });
  expect(left.log()).toBe("first\r\n");
  writeFileSync(join(left.directory, "go"), "");
  await until("what comes late", () => left.log() === "first\r\nlate\r\n");
});

test("who uses a terminal that is closed is hung up", async () => {
  using open = await start(["sh", "-c", "echo up; sleep 1000; echo never"]);
  await until("its word", () => open.log() === "up\r\n");
  const joined = open.terminal.attach({ columns: 80, rows: 24 });
  open.terminal[Symbol.dispose]();
  await joined.closed;
  await until("the end", () => open.exit !== undefined);
  expect(open.exit).toEqual({ code: null, signal: "SIGHUP" });
});

test("signals are as they are for any other process", async () => {
  using plain = await start(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]);
  await until("the end", () => plain.exit !== undefined);
  expect(plain.log()).toBe("SigBlk:\t0000000000000000\r\nSigIgn:\t0000000000000000\r\n");
});

test("whoever comes late sees the latest, from the start of a line on", async () => {
  using long = await start(["sh", "-c", "seq 1 5000; echo end; exec cat"]);
  await until("the last line", () => long.log().endsWith("end\r\n"));
  using late = long.terminal.attach({ columns: 80, rows: 24 });
  let shown = "";
  late.onData((bytes) => (shown += bytes.toString()));
  expect(shown).toMatch(/^\d{4}\r\n/);
  expect(shown.endsWith("\r\n5000\r\nend\r\n")).toBe(true);
  expect(shown.length).toBeGreaterThan(7000);
  expect(shown.length).toBeLessThanOrEqual(8192);
});

test("much is typed into a program that reads slowly, and all of it comes", async () => {
  const script = `
    process.stdin.setRawMode(true);
    let count = 0;
    console.log("raw");
    process.stdin.on("data", (typed) => {
      count += typed.length;
      if (count === 500_000) console.log("all");
    });`;
  using reader = await start([process.execPath, "-e", script]);
  await until("raw mode", () => reader.log() === "raw\r\n");
  using attachment = reader.terminal.attach({ columns: 80, rows: 24 });
  attachment.write(Buffer.alloc(500_000, "x"));
  await until("all of it", () => reader.log() === "raw\r\nall\r\n");
});
