// A service's stop command, and what follows when it does not do what it is for: its stop signal, within the same grace.

import type { Fact } from "../core/event.ts";
import type { Notice } from "../core/notice.ts";
import { after } from "../effects/clock.ts";
import { runCommand } from "../effects/processes/command.ts";
import { isProcess } from "../effects/processes/proc.ts";
import type { RenderedCommand } from "../effects/processes/spec.ts";
import type { Live } from "./live.ts";

/** A stop command that was begun. */
export interface StopCommand {
  /** Its service has ended: resolves once the command has too, which has as long for that as it had for the service. */
  over(): Promise<void>;
  /** There is no more time. */
  kill(): void;
}

/** What it needs from around it. */
export interface StopCommandOptions {
  /** The service's leader. */
  readonly pid: number;
  readonly output: number;
  /** Sends the service its stop signal. */
  readonly signal: () => void;
  readonly report: (fact: Fact) => void;
}

/**
 * Begins the command. The stop signal follows at once when the command fails, and when half of the grace is over while the service
 * lives, be the command still going on or not: what a command has only asked for may take a while.
 */
export function beginStopCommand(found: Live, command: RenderedCommand, options: StopCommandOptions): StopCommand {
  const { service, env } = found.preparation;
  const { pid, report } = options;
  const patience = service.stop.timeout / 2;
  const killing = new AbortController();
  const tagged = found.tag === undefined ? {} : { tag: found.tag };
  const spec = { command, cwd: service.workingDir, env, output: options.output, ...tagged };
  let isRunning = true;
  let isLate = false;

  const isServiceAlive = (): boolean => isProcess({ pid, startTicks: found.startTicks });
  const say = (problem: Extract<Notice, { kind: "stop-command" }>["problem"], follows: boolean): void => {
    const notice = { kind: "stop-command", service: service.name, problem } as const;
    report({ type: "noticed", notice: follows ? { ...notice, signal: service.stop.signal } : notice });
  };
  const follow = (problem: Parameters<typeof say>[0]): void => {
    const isAlive = isServiceAlive();
    if (isAlive || problem.kind !== "alive") say(problem, isAlive);
    if (isAlive) options.signal();
  };
  const timer = after(patience, () => {
    isLate = true;
    follow(isRunning ? { kind: "late", after: patience } : { kind: "alive" });
    if (!isServiceAlive()) killing.abort();
  });
  const ended = runCommand(spec, killing.signal).then((failure) => {
    isRunning = false;
    if (failure === undefined || killing.signal.aborted || isLate) return;
    timer[Symbol.dispose]();
    follow({ kind: "failed", failure });
  });

  return {
    async over() {
      if (isLate) killing.abort();
      await ended;
      timer[Symbol.dispose]();
    },
    kill() {
      timer[Symbol.dispose]();
      killing.abort();
    },
  };
}
