// The fork server: a small process that starts services for us, is their parent and tells how they end. A fork of Node costs one
// or two milliseconds in which nothing else happens; a hundred services would feel that. Where it cannot be had, or once it is
// gone, Node spawns by itself. Linux only: it opens what we hand over by its name in `/proc`.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants as flags, openSync } from "node:fs";
import { constants } from "node:os";
import type { NodeSignal } from "../../core/service.ts";
import type { Ending } from "../../core/state.ts";
import { after, nextTurn, sleep } from "../clock.ts";
import { awaitEnd } from "./await-end.ts";
import { exitOf } from "./exit.ts";
import { forkServerScript, systemCalls } from "./fork-server-script.ts";
import { type Inheritance, inheritance } from "./inheritance.ts";
import { listPids, namedProcess, readStat } from "./proc.ts";
import { signalProcess } from "./signal.ts";
import type { Spawn, Spawned } from "./spec.ts";
import { hasTag } from "./tag.ts";
import { wrap } from "./wrapper.ts";

/** Starts services for us. Disposing ends it and waits for that; what it has started goes on. */
export interface ForkServer extends AsyncDisposable {
  /** The process as it began; undefined where there is none. */
  readonly process: { readonly pid: number; readonly startTicks?: number } | undefined;
  /** Spawns; `onEnd` is called once, after that. Undefined: it cannot, and nothing was spawned. */
  spawn(spec: Spawn, onEnd: (end: Ending) => void): Promise<Spawned | undefined>;
  /**
   * Sends a signal to the group of a service that it has spawned and whose end it has not seen: being its parent, it cannot mistake
   * another for it. What is asked in one turn is sent together. `otherwise` is called, at once or later, where it cannot: the
   * leader may be gone, and others of the group live.
   */
  signalGroup(pid: number, signal: NodeSignal, otherwise: () => void): void;
  /** Somebody may have stopped it: then nobody hears how services end. */
  wake(): void;
  /** This process is to hear of our end, also if somebody has stopped it. */
  wakeAtEnd(guard: { readonly pid: number; readonly startTicks?: number }): void;
}

/** A request that was not answered yet. */
interface Asked {
  readonly spec: Spawn;
  readonly onEnd: (end: Ending) => void;
  readonly settle: (spawned: Spawned | undefined) => void;
}

/** Signals that are to be sent together, or were asked for and not confirmed. */
interface Signals {
  readonly signal: NodeSignal;
  /** By the group's number, what is done where it cannot. */
  readonly groups: Map<number, () => void>;
}

const signalNumbers: Readonly<Record<string, number>> = constants.signals;

/** Who is not ready after this many milliseconds, such as something else that is called `perl`, is done without. */
const patience = 2000;
/** Who has said nothing for this many milliseconds, though something is asked of it, is woken, and after as long again killed. */
const longestSilence = 5000;
/** How often it is woken, since somebody may have stopped it, in milliseconds. */
const wakefulness = 2000;
/** How long it may take a process that was just forked to have its tag, in milliseconds. */
const tagging = 100;
/**
 * While more than `many` services are being started, answers are heard together every `lull` milliseconds: each by itself would
 * have us take turns with the very processes that are to start.
 */
const many = 8;
const lull = 10;
/** The fork server's lines are much shorter. */
const longestLine = 4096;
/** What the kernel takes of a process's words and environment: one string (MAX_ARG_STRLEN of execve(2)), and safely all of them. */
const longestString = 128 * 1024;
const mostOfAll = 1024 * 1024;

/** Starts the fork server; `silence` is how long it may say nothing. */
export function openForkServer(given: Inheritance = inheritance(), silence = longestSilence): ForkServer {
  const asked = new Map<number, Asked>();
  const living = new Map<number, Spawned & Pick<Asked, "onEnd">>();
  const child = start(given);
  const own = child?.pid === undefined ? undefined : namedProcess(child.pid);
  let isThere = own !== undefined;
  const ready = Promise.withResolvers<boolean>();
  /** Keeps open what services with an open stdin read, also without it. */
  let held: number | undefined;
  let last = 0;

  // What is asked in the same turn is written by the handful, but for the first: that one begins meanwhile.
  const unwritten: string[] = [];
  let turn: Disposable | undefined;
  const write = (request: string): void => {
    unwritten.push(request);
    if (turn === undefined || unwritten.length >= many) flush();
    turn ??= nextTurn(() => {
      turn = undefined;
      flush();
    });
  };
  const flush = (): void => {
    if (unwritten.length > 0) child?.stdin?.write(unwritten.splice(0).join(""));
  };

  // Of those of this turn the last are still being gathered.
  const signals = new Map<number, Signals>();
  let gathered: Signals | undefined;
  const signalGroup = (pid: number, name: NodeSignal, otherwise: () => void): void => {
    if (!isThere || !living.has(pid) || signalNumbers[name] === undefined) return otherwise();
    if (gathered?.signal !== name) gather((gathered = { signal: name, groups: new Map() }));
    gathered.groups.set(pid, otherwise);
  };
  const gather = (all: Signals): void => {
    const number = ++last;
    signals.set(number, all);
    queueMicrotask(() => {
      if (gathered === all) gathered = undefined;
      child?.stdin?.write(framed(["signal", number, signalNumbers[all.signal] ?? 0, ...all.groups.keys()]));
      wake();
    });
  };

  // What is asked is answered in turn: a long queue is no silence.
  let watching: Disposable | undefined;
  const watchSilence = (then: () => void, next?: () => void): void => {
    watching?.[Symbol.dispose]();
    watching =
      asked.size === 0
        ? undefined
        : after(silence, () => {
            then();
            if (next !== undefined) watchSilence(next);
          });
  };
  // Twice, since it may have been ourselves who stood still.
  const restartSilence = (): void => watchSilence(() => wake(), kill);

  const heard = (line: string): void => {
    const [what, first, ...rest] = line.split(" ");
    const number = Number(first);
    if (what === "ready") opened(number);
    else if (what === "began") began(number, Number(rest[0]));
    else if (what === "failed") settle(number, undefined);
    else if (what === "unknown") for (const pid of rest) signals.get(number)?.groups.get(Number(pid))?.();
    else if (what === "signalled") signals.delete(number);
    else if (what === "ended") ended(number, Number(rest[0]), Number(rest[1]));
  };

  const opened = (pipe: number): void => {
    try {
      held = openSync(`/proc/${own?.pid}/fd/${pipe}`, flags.O_WRONLY);
    } catch {
      // Gone already.
    }
    ready.resolve(true);
  };

  const began = (number: number, pid: number): void => {
    const request = asked.get(number);
    if (request === undefined) return;
    const spawned = { pid, startTicks: readStat(pid)?.startTicks };
    living.set(pid, { ...spawned, onEnd: request.onEnd });
    settle(number, spawned);
  };

  const settle = (number: number, spawned: Spawned | undefined): void => {
    asked.get(number)?.settle(spawned);
    asked.delete(number);
  };

  const ended = (number: number, pid: number, status: number): void => {
    // One that was killed before it could say a word.
    began(number, pid);
    const one = living.get(pid);
    living.delete(pid);
    // Whoever waits for the spawn hears of that first.
    setImmediate(() => one?.onEnd({ exit: exitOf(status >> 8, status & 0x7f) }));
  };

  const lost = async (): Promise<void> => {
    if (!isThere) return;
    isThere = false;
    watching?.[Symbol.dispose]();
    waking?.[Symbol.dispose]();
    for (const { groups } of signals.values()) for (const otherwise of groups.values()) otherwise();
    signals.clear();
    for (const one of living.values()) void follow(one);
    living.clear();
    ready.resolve(false);
    if (asked.size > 0) await sleep(tagging);
    for (const [number, { spec, onEnd }] of asked) {
      const begun = findTagged(spec.tag);
      settle(number, begun);
      if (begun !== undefined) void follow({ ...begun, onEnd });
    }
  };

  if (child?.stdout && child.stdin) {
    const { stdout } = child;
    let unfinished = "";
    stdout.setEncoding("latin1").on("data", (text: string) => {
      const lines = `${unfinished}${text}`.split("\n");
      unfinished = lines.pop() ?? "";
      // Something else that is called `perl`.
      if (unfinished.length > longestLine) kill();
      lines.forEach(heard);
      restartSilence();
      if (asked.size <= many) return;
      stdout.pause();
      after(lull, () => stdout.resume());
    });
    stdout.once("close", () => void lost());
    child.once("error", () => void lost());
    child.stdin.on("error", () => {});
    child.unref();
  }
  if (!isThere) ready.resolve(false);
  const waiting = after(patience, () => {
    ready.resolve(false);
    kill();
  });
  void ready.promise.then(() => waiting[Symbol.dispose]());

  // Ours until it is gone, so nothing has to be looked up.
  const wake = (): void => {
    if (isThere) child?.kill("SIGCONT");
  };
  let waking: Disposable | undefined;
  const stayAwake = (): void => {
    waking = after(wakefulness, () => {
      wake();
      stayAwake();
    });
  };
  if (isThere) stayAwake();
  const kill = (): void => {
    if (isThere && own !== undefined) signalProcess(own, "SIGKILL");
  };

  return {
    process: own,
    async spawn(spec, onEnd) {
      if (!canFork(spec) || !(await ready.promise) || !isThere) return undefined;
      const number = ++last;
      const request = encode(number, spec);
      if (request === undefined) return undefined;
      const { promise, resolve } = Promise.withResolvers<Spawned | undefined>();
      asked.set(number, { spec, onEnd, settle: resolve });
      write(request);
      if (watching === undefined) restartSilence();
      return promise;
    },
    signalGroup,
    wake,
    wakeAtEnd({ pid, startTicks = "" }) {
      if (isThere) child?.stdin?.write(framed(["guard", pid, startTicks]));
    },
    async [Symbol.asyncDispose]() {
      ready.resolve(false);
      watching?.[Symbol.dispose]();
      waking?.[Symbol.dispose]();
      if (held !== undefined) closeSync(held);
      held = undefined;
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      using _ = after(patience, kill);
      child.stdin?.end();
      if (!(await ready.promise)) kill();
      else wake();
      await gone;
    },
  };
}

function start({ openFiles = 0, ignoresHangup }: Inheritance): ChildProcess | undefined {
  const calls = systemCalls[process.arch];
  if (process.platform !== "linux" || calls === undefined) return undefined;
  try {
    // Nothing of the user's own settings for Perl: they are for the services.
    const env = { PATH: process.env["PATH"], LC_ALL: "C" };
    const numbers = [...calls, openFiles, ignoresHangup ? 1 : 0];
    return spawn("perl", ["-e", forkServerScript, ...numbers.map(String)], {
      cwd: "/",
      env,
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
    });
  } catch {
    // No process to spare, or no descriptor.
    return undefined;
  }
}

/** Descriptors cannot be handed on by their names, and without a tag it is Node that knows why a program does not begin. */
function canFork({ tag, sockets = [], notify }: Spawn): boolean {
  return tag !== undefined && sockets.length === 0 && notify === undefined;
}

/** The request for a spawn; undefined where there is a NUL, or more than a process can be given: Node says that as it is. */
function encode(number: number, spec: Spawn): string | undefined {
  // It sets the tag itself; of the other extras a shell has to take care.
  const { tag = "", ...untagged } = spec;
  const { command, cwd, env, stdin, input, output } = untagged;
  const { words } = wrap(command, untagged, env);
  const own = `/proc/${process.pid}/fd`;
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const from = input !== undefined ? `${own}/${input}` : stdin === "open" ? "-" : "/dev/null";
  const fields = [number, tag, cwd, from, `${own}/${output}`, words.length, ...words, ...pairs];
  const strings = [...words, ...pairs];
  const isTooMuch = strings.some(
    (text) => text.length >= longestString / 4 && Buffer.byteLength(text) >= longestString,
  );
  const all = fields.join("");
  return all.includes("\0") || isTooMuch || all.length > mostOfAll ? undefined : framed(fields);
}

function framed(fields: readonly (string | number)[]): string {
  const text = fields.join("\0");
  return `${Buffer.byteLength(text)}\n${text}`;
}

/** The leader of what was begun with this tag. */
function findTagged(tag: string | undefined): Spawned | undefined {
  if (tag === undefined) return undefined;
  const stats = listPids().flatMap((pid) => (hasTag(pid, tag) ? (readStat(pid) ?? []) : []));
  return stats.find(({ pid, group }) => pid === group);
}

async function follow({ onEnd, ...one }: Spawned & Pick<Asked, "onEnd">): Promise<void> {
  await awaitEnd(one);
  onEnd({ failure: { kind: "unwatched" } });
}
