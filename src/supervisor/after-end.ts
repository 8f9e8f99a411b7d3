// The end of a run: its leader has ended, or was found to have; then what it wrote is seen, what it left in its group ends, and
// what had left the group is handed to custody.

import type { Fact } from "../core/event.ts";
import { lastWordsOf } from "../core/last-words.ts";
import type { Leftover } from "../core/notice.ts";
import { isSuccess } from "../core/restart.ts";
import type { Service } from "../core/service.ts";
import type { Ending } from "../core/state.ts";
import { sleep } from "../effects/clock.ts";
import type { Ports } from "../effects/ports/ports.ts";
import { groupAlive, signalProcess } from "../effects/processes/signal.ts";
import { shellFault } from "../effects/processes/fault.ts";
import { contestedPorts } from "./contested.ts";
import type { Custody } from "./custody.ts";
import { keptOf, type Live } from "./live.ts";
import type { Output } from "./output.ts";

/** What the end of a run needs from around it. */
export interface AfterEndOptions {
  readonly ports: Ports;
  readonly output: Output;
  readonly custody: Custody;
  readonly report: (fact: Fact) => void;
}

/** Of what a run has printed, its last words are looked for among the last so many lines. */
const linesLookedAt = 50;

/** Between two looks at a group whose leader has ended. */
const sweepInterval = 10;
/** What belongs to a program that has ended ends within this, or goes on. */
const lastMoment = 60;

/** Reports the end of a run whose leader has ended; `found` is what lived of it, undefined for a run that never came to life. */
export async function endRun(
  service: Service,
  run: number,
  end: Ending,
  found: Live | undefined,
  options: AfterEndOptions,
): Promise<void> {
  const { ports, output, custody, report } = options;
  const { name } = service;
  const isJudgedByLines = found?.log !== undefined && !found.over.signal.aborted;
  if (!isJudgedByLines) found?.over.abort();
  await found?.stopCommand?.over();
  await output.drain(name);
  const background = found === undefined ? [] : await backgroundOf(service, end, found, custody);
  if (isJudgedByLines) {
    found.over.abort();
    // However soon it ended, it had said what was waited for.
    if (!found.ready && found.log?.found.given() && background.length === 0) {
      found.ready = true;
      report({ type: "ready", service: name, run, verified: true });
    }
  }
  const pid = found?.pid;
  const left = pid !== undefined && groupAlive(pid);
  if (!left) giveToCustody(service, found, custody, end);
  if (found?.ready === false && service.endpoints.length > 0 && !left && background.length === 0) {
    // A service that dies young because someone was faster to bind: that someone is the news.
    const conflicts = await contestedPorts(name, options);
    if (conflicts.length > 0) report({ type: "conflict", service: name, run, conflicts });
  }
  if (!left) ports.hold(name);
  const { command, env } = found?.preparation ?? {};
  const fault = "exit" in end && command && env && shellFault({ command, cwd: service.workingDir, env }, end.exit);
  const own = background.length === 0 ? {} : { background };
  const logEnd = found === undefined ? undefined : output.end(name);
  const words = found === undefined ? undefined : lastWordsOf(output.lastOfRun(name, linesLookedAt));
  report({
    type: "exited",
    service: name,
    run,
    end: fault ? { failure: fault } : withSender(end, found),
    ...(words === undefined ? {} : { words }),
    ...(logEnd === undefined ? {} : { logEnd }),
    left,
    ...own,
  });
  if (!left) return;
  // Who was left out of the stop signal hears of it now.
  const wasLeftOut = service.stop.to === "leader" || found?.stopCommand !== undefined || found?.aborted === true;
  if (wasLeftOut) signalProcess({ pid, group: true, anyUser: true }, service.stop.signal);
  await awaitGroup(service, run, pid, found, options);
}

/** The end, by a signal that a person had us send. */
function withSender(end: Ending, found: Live | undefined): Ending {
  if (!("exit" in end) || end.exit.signal === null || end.exit.signal !== found?.sent) return end;
  return { exit: { ...end.exit, sentBy: "launch" } };
}

/** What a service that ended by itself with success has left to go on; what is only just ending as well is not. */
async function backgroundOf(
  service: Service,
  end: Ending,
  found: Live,
  custody: Custody,
): Promise<readonly Leftover[]> {
  const { pid } = found;
  if (pid === undefined || service.type !== "service" || !isSuccessOf(service, end)) return [];
  const isAsked = (): boolean => found.askedAt !== undefined || found.aborted === true;
  if (isAsked()) return [];
  const kept = keptOf(found, pid);
  if ((await custody.living(kept)).length === 0) return [];
  await sleep(lastMoment);
  const going = await custody.living(kept);
  // It has been asked to end meanwhile, so this is not its own doing.
  return isAsked() ? [] : going;
}

function isSuccessOf({ successExitCodes }: Service, end: Ending): boolean {
  return "exit" in end && isSuccess(end.exit, successExitCodes);
}

/** Nothing of the run's group lives any more: what had left it is custody's. */
export function giveToCustody(service: Service, found: Live | undefined, custody: Custody, end?: Ending): void {
  if (found?.pid === undefined) return;
  const code = end !== undefined && "exit" in end ? end.exit.code : null;
  const isCompleted =
    service.type === "task" && (code === 0 || (code !== null && service.successExitCodes.includes(code)));
  custody.over(keptOf(found, found.pid), isCompleted);
}

async function awaitGroup(
  service: Service,
  run: number,
  group: number,
  found: Live | undefined,
  { ports, output, custody, report }: AfterEndOptions,
): Promise<void> {
  const { name } = service;
  while (groupAlive(group)) await sleep(sweepInterval);
  giveToCustody(service, found, custody);
  await found?.terminal?.drain();
  await output.drain(name);
  ports.hold(name);
  report({ type: "swept", service: name, run });
}
