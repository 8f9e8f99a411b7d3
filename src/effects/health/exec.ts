// The exec probe: a command with the service's own environment and directory, in a process group of its own, of which
// nothing is left when the probe is over.

import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { describe, describeExit } from "../../core/failure.ts";
import type { Command } from "../../core/service.ts";
import { after, deadline } from "../clock.ts";
import { plainText } from "../../core/sanitize.ts";
import { signalProcess } from "../processes/signal.ts";
import { inheritance } from "../processes/inheritance.ts";
import { findFault } from "../processes/fault.ts";
import { wrap } from "../processes/wrapper.ts";
import { codeOf, describeCode, describeSilence } from "./connect.ts";
import type { Bound, ProbeResult, Subject } from "./subject.ts";

/** Output bytes kept to find the last line in. */
const outputLimit = 4 * 1024;

/** How long the output of a command that has ended is waited for: who left the group may still hold the pipe. */
const lastOutput = 50;

type End =
  | { readonly kind: "exit"; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: "error"; readonly error: Error };

/** Has what runs commands at hand, so that the first one is not late. */
export async function readyToRun(): Promise<void> {
  await import("execa");
}

/** Runs the command; exit code 0 is success. */
export async function probeExec(
  command: Command,
  { cwd, env, leader }: Pick<Subject, "cwd" | "env" | "leader">,
  { within, signal, onAsk }: Bound,
): Promise<ProbeResult> {
  const { execa } = await import("execa");
  signal.throwIfAborted();
  const file = "shell" in command ? "/bin/sh" : (command.args[0] ?? "");
  const { words, isWrapped } = wrap(
    command,
    { ...inheritance(), ...(leader?.tag !== undefined && { tag: leader.tag }) },
    env,
  );
  // Once wrapped, a program that is not there is an exit code of the wrapper's.
  const fault = isWrapped && "args" in command ? findFault({ command, cwd, env }) : undefined;
  if (fault !== undefined) return { ok: false, reason: describe(fault) };
  const called = "shell" in command ? inShort(command.shell) : file;
  onAsk?.(called);
  using bound = deadline(within, signal);
  const [program = "", ...args] = words;
  const running = execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    stdin: "ignore",
    // execa's own promise waits for whoever holds the pipes; the exit is what counts here.
    buffer: false,
    reject: false,
  });
  const child = running.nodeChildProcess;
  const output = lastBytes(child.stdout);
  const complaint = lastBytes(child.stderr);

  const killGroup = (): void => {
    // While the leader is ours and not reaped, or any member lives, no other group can have this number.
    if (child.pid !== undefined) signalProcess({ pid: child.pid, group: true, anyUser: true }, "SIGKILL");
  };
  const ended = new Promise<End>((resolve) => {
    child.once("error", (error) => resolve({ kind: "error", error }));
    child.once("exit", (code, killedBy) => {
      killGroup();
      resolve({ kind: "exit", code, signal: killedBy });
    });
  });
  bound.signal.addEventListener("abort", killGroup, { once: true });
  const end = await ended;
  bound.signal.removeEventListener("abort", killGroup);
  if (end.kind === "exit") await closed(child.stdout, child.stderr);
  child.stdout?.destroy();
  child.stderr?.destroy();

  if (bound.passed) return { ok: false, reason: `${called}: ${describeSilence(within)}` };
  signal.throwIfAborted();
  if (end.kind === "error") return { ok: false, reason: describeSpawn(file, cwd, end.error) };
  if (end.code === 0) return { ok: true };
  const exit = end.signal === null ? { code: end.code ?? 1, signal: null } : { code: null, signal: end.signal };
  const said = lastLine(complaint()) ?? lastLine(output());
  return { ok: false, reason: said === undefined ? describeExit(exit) : `${describeExit(exit)}: ${said}` };
}

const longestName = 60;

/** A command of the shell's as it stands in a sentence. */
function inShort(shell: string): string {
  const line = plainText(shell.trim().replaceAll(/\s+/g, " "));
  return line.length > longestName ? `${line.slice(0, longestName - 1)}…` : line;
}

function lastBytes(stream: Readable | null): () => string {
  let kept = Buffer.alloc(0);
  stream?.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-outputLimit);
  });
  stream?.on("error", () => {});
  return () => kept.toString("utf8");
}

function lastLine(text: string): string | undefined {
  const line = text.split("\n").findLast((line) => line.trim() !== "");
  return line === undefined ? undefined : plainText(line).trim();
}

async function closed(...streams: readonly (Readable | null)[]): Promise<void> {
  const open = streams.filter((stream) => stream !== null && !stream.closed);
  await new Promise<void>((resolve) => {
    const timer = after(lastOutput, resolve);
    let left = open.length;
    const done = (): void => {
      if (left-- > 0) return;
      timer[Symbol.dispose]();
      resolve();
    };
    for (const stream of open) stream?.once("close", done);
    done();
  });
}

function describeSpawn(file: string, cwd: string, error: Error): string {
  // The system says ENOENT for a missing directory too.
  if (!existsSync(cwd)) return `no such directory: ${cwd}`;
  if (codeOf(error) === "ENOENT") return `command not found: ${file}`;
  if (codeOf(error) === "EACCES") return `not executable: ${file}`;
  return `${file}: ${describeCode(error)}`;
}
