// The guard: a shell that waits, outside our session, for our end, and then ends what we can end no more. It is told which groups
// live; `guard-script.ts` says what it does. Should the guard itself die, another takes its place.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Millis, NodeSignal } from "../../core/service.ts";
import { after, nextTurn, now } from "../clock.ts";
import { guardScript } from "./guard-script.ts";
import { environmentOfOwn } from "./inheritance.ts";
import { namedProcess } from "./proc.ts";
import { signalProcess } from "./signal.ts";
import type { SweeperPlan } from "./sweeper.ts";

/** How the guard goes about it. */
export interface GuardOptions {
  /** What Node is given to run the sweeper. */
  readonly sweeper: readonly [option: string, script: string];
  readonly plan: SweeperPlan;
  /**
   * The command that takes over in mode `reclaim`, with the environment and directory that we have now. Once it has taken
   * over it prints `taken` and closes its stdout; if that is closed without, everything is ended.
   */
  readonly reclaim?: readonly string[];
  /** Called when a guard has died and another was started. */
  readonly onLost: () => void;
}

/** A group of processes that lives. */
export interface Guarded {
  readonly pid: number;
  readonly startTicks?: number;
  readonly signal: NodeSignal;
  readonly graceMs: Millis;
}

/** Stands by until disposed, which ends it and waits for that. */
export interface Guard extends AsyncDisposable {
  /** The guard that is there now; undefined where none could be started. */
  readonly process: { readonly pid: number; readonly startTicks?: number } | undefined;
  /** This group lives. */
  add(group: Guarded): void;
  /** Nothing of this group lives any more. */
  remove(pid: number): void;
  /** What it does when we are gone. */
  mode(mode: "end" | "reclaim"): void;
  /** When we are gone nobody gets any time to end. */
  hurry(): void;
}

/** Nobody gets more time than this from the guard, in milliseconds. */
const longestGrace = 10_000;
/** One that dies younger, in milliseconds, is replaced at once the first time, and then only after as long again. */
const young = 1000;
/** How often it is woken, in milliseconds. */
const wakefulness = 2000;
/** How long its own end is waited for, in milliseconds. */
const patience = 2000;

/** Starts a guard; never throws: a system that has no process to spare has no guard until it has one. */
export function openGuard(options: GuardOptions): Guard {
  const groups = new Map<number, string>();
  let mode = "end";
  let isHurried = false;
  let isOver = false;
  let retry: Disposable | undefined;
  let youngDeaths = 0;
  let current: ChildProcess | undefined;
  let stat: Guard["process"];

  // What is said in one turn is written together: the guard reads with what would start services.
  const say = (line: string): void => {
    const stdin = current?.stdin;
    if (!stdin) return;
    if (stdin.writableCorked === 0) {
      stdin.cork();
      nextTurn(() => stdin.uncork());
    }
    stdin.write(`${line}\n`);
  };

  const begin = (): void => {
    const beganAt = now();
    const child = start(options);
    const again = (): void => {
      if (current !== child || isOver) return;
      current = undefined;
      stat = undefined;
      const replace = (): void => {
        begin();
        options.onLost();
      };
      youngDeaths = now() - beganAt < young ? youngDeaths + 1 : 0;
      // Somebody may have killed it before it could ignore that; one that cannot live would only die again.
      if (youngDeaths > 1) retry = after(young, replace);
      else replace();
    };
    current = child;
    stat = child?.pid === undefined ? undefined : namedProcess(child.pid);
    if (child === undefined) {
      retry = after(young, begin);
      return;
    }
    child.once("exit", again);
    child.once("error", again);
    child.stdin?.on("error", () => {});
    say(`mode ${mode}`);
    if (isHurried) say("grace 0");
    for (const line of groups.values()) say(line);
  };

  begin();
  // Somebody may have stopped it, and then nobody would hear of our end. Ours until it is gone, so nothing has to be looked up.
  const wake = (): void => void current?.kill("SIGCONT");
  let waking: Disposable | undefined;
  const stayAwake = (): void => {
    waking = after(wakefulness, () => {
      wake();
      stayAwake();
    });
  };
  stayAwake();
  return {
    get process() {
      return stat;
    },
    add({ pid, startTicks, signal, graceMs }) {
      const line = `+ ${pid},${startTicks ?? ""},${signal.replace("SIG", "")},${Math.min(graceMs, longestGrace)}`;
      groups.set(pid, line);
      say(line);
    },
    remove(pid) {
      if (groups.delete(pid)) say(`- ${pid}`);
    },
    mode(given) {
      mode = given;
      say(`mode ${mode}`);
    },
    hurry() {
      isHurried = true;
      say("grace 0");
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      retry?.[Symbol.dispose]();
      waking?.[Symbol.dispose]();
      const child = current;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      using _ = after(patience, () => {
        if (stat !== undefined) signalProcess(stat, "SIGKILL");
      });
      child.stdin?.end("bye\n");
      wake();
      await gone;
    },
  };
}

function start({ sweeper: [option, script], plan, reclaim = [] }: GuardOptions): ChildProcess | undefined {
  const env = {
    ...environmentOfOwn(),
    // Told by the environment, since a command line is shown to everybody who asks for one.
    LAUNCH_GUARD: guardScript,
    LAUNCH_GUARD_NODE: process.execPath,
    LAUNCH_GUARD_OPTION: option,
    LAUNCH_GUARD_SWEEPER: script,
    LAUNCH_GUARD_PLAN: JSON.stringify(plan),
    LAUNCH_GUARD_CWD: currentDirectory(),
  };
  try {
    const child = spawn("/bin/sh", ["-c", 'eval "$LAUNCH_GUARD"', "launch-guard", ...reclaim], {
      cwd: "/",
      env,
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.unref();
    if (child.pid !== undefined) return child;
    child.once("error", () => {});
  } catch {
    // No process to spare, or no descriptor: tried again.
  }
  return undefined;
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    // It has been removed.
    return "/";
  }
}
