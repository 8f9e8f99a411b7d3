// The benchmark beside peers, as whoever runs it meets it; the peers are scripts that do what peers do at their worst.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fromLines } from "../../bench/peers/results.ts";
import { processesOf } from "../helpers/processes.ts";
import { until } from "../helpers/wait.ts";

const script = resolve(import.meta.dirname, "../../bench/peers.ts");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bench-peers-"));
  mkdirSync(join(directory, "bin"));
  mkdirSync(join(directory, "tmp"));
});
afterEach(() => {
  // What a test that failed has left.
  processesOf(directory).forEach(({ pid }) => process.kill(pid, "SIGKILL"));
  rmSync(directory, { recursive: true, force: true });
});

/** Puts a command on the benchmark's PATH: says its version, or else does this. */
function peer(command: string, does: string): void {
  const file = join(directory, "bin", command);
  writeFileSync(file, `#!/bin/sh\ncase "$1" in *version) echo 1.2.3; exit;; esac\n${does}\n`);
  chmodSync(file, 0o755);
}

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, PATH: `${join(directory, "bin")}:${process.env["PATH"]}`, TMPDIR: join(directory, "tmp") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  child.stdout.on("data", (data) => (words += data));
  child.stderr.on("data", (data) => (words += data));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, words }));
  return { child, ended, words: () => words };
}

function expectNothingLeft(): void {
  expect(processesOf(directory)).toEqual([]);
  expect(readdirSync(join(directory, "tmp"))).toEqual([]);
}

test("measures who is there, and writes a report, a picture and the figures", async () => {
  const out = join(directory, "out");
  const { code, words } = await start("--peers", "launch,sh", "--scenarios", "cold,exit", "--runs", "2", "--out", out)
    .ended;
  expect(code, words).toBe(0);
  expect(readFileSync(join(out, "benchmarks.md"), "utf8")).toMatch(
    /## Cold start\n[^]*\*\*launch\*\* \| \d+(\.\d+)? \(/,
  );
  expect(readFileSync(join(out, "benchmarks.svg"), "utf8")).toContain("Cold start");
  const { samples } = fromLines(readFileSync(join(out, "benchmarks.jsonl"), "utf8"));
  expect(samples.filter(({ column }) => column === "ms")).toHaveLength(4);
  expectNothingLeft();
});

test("names what could not be measured, and ends with 1", async () => {
  peer("hivemind", "echo I will not; exit 7");
  const { code, words } = await start("--peers", "sh,hivemind", "--scenarios", "ready", "--runs", "1").ended;
  expect(code).toBe(1);
  expect(words).toContain("- hivemind, ready: it ended with 7 before: all of 20 started");
  expect(words).toContain("These measurements did not happen: ready of hivemind");
  expect(words).toMatch(/\| \*sh\* \| \d/);
  expectNothingLeft();
});

test("ends what a peer leaves, and says so", async () => {
  const services = "sed 's/^[^:]*: //' Procfile | while read -r line; do setsid $line & done";
  const helper = "(cd / && exec setsid sleep 4711) &";
  peer(
    "hivemind",
    `${services}\n${helper}\ntrap 'kill -- $(cut -d" " -f2 stamps); exit 0' TERM\nwhile :; do sleep 0.05; done`,
  );
  const { code, words } = await start("--peers", "hivemind", "--scenarios", "idle", "--runs", "1").ended;
  expect(code, words).toBe(0);
  expect(words).toContain("hivemind left 1 processes after a stop of 100 services that obey: sleep 4711");
  // Not as late as at the end of all.
  expect(words).not.toContain("left running");
  expectNothingLeft();
});

test("leaves nothing when somebody interrupts it", async () => {
  const run = start("--peers", "sh", "--scenarios", "cpu");
  await until("a hundred services", () => processesOf(directory).length > 100, run.words);
  run.child.kill("SIGINT");
  expect((await run.ended).code).toBe(130);
  expectNothingLeft();
});

test("says which peers and scenarios there are", async () => {
  const { code, words } = await start("--peers", "sh,shh").ended;
  expect(code).toBe(2);
  expect(words).toMatch(/^no peer shh; there are launch, sh, /);
});

test("says how it is used, to whoever asks and to whoever has mistaken it", async () => {
  const [asked, mistaken] = await Promise.all([start("--help").ended, start("--peer", "sh").ended]);
  expect(asked).toMatchObject({
    code: 0,
    words: expect.stringMatching(/^node bench\/peers\.ts [^]*\nscenarios: cold, /),
  });
  expect(mistaken.code).toBe(2);
  expect(mistaken.words).toMatch(/^Unknown option '--peer'[^]*\n\nnode bench\/peers\.ts /);
});
