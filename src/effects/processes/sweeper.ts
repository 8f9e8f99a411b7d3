// What the guard runs once the engine is gone: ends everything that it had, and removes what only a running engine has use for.
// A script of its own; `newSweeper` says how it is run.

import { rmSync } from "node:fs";
import { readPlain } from "../files/plain.ts";
import { notifyDirectory, removeNotifyDirectory } from "../health/notify-directory.ts";
import type { Lease } from "../ports/lease.ts";
import { lockToTidy } from "../ports/instance-lock.ts";
import { sleep } from "../clock.ts";
import { removeFiles } from "../state/generated-files.ts";
import { writtenByOthers } from "../state/other-instances.ts";
import { readState } from "../state/state-file.ts";
import { endCgroups } from "./cgroup.ts";
import { hasProc } from "./proc.ts";
import { type Leader, sweep } from "./sweep.ts";

/** What the sweeper is told when the guard begins, as JSON. */
export interface SweeperPlan {
  /** The instance's part of the tag; absent where nothing is tagged. */
  readonly instance?: number;
  /** How each `LAUNCH_RUN` of the engine begins and ends. */
  readonly marker: { readonly start: string; readonly end: string };
  /** In clock ticks since boot, when the first engine of the run began. */
  readonly since: number;
  readonly spare: readonly string[];
  /** The engine that the run is over with. */
  readonly engine: { readonly pid: number; readonly startTicks?: number };
  /** What is of no use once the engine is gone: sockets and the like. */
  readonly remove: readonly string[];
  /** The directory whose `run.json`, notify files and written files go too, the latter unless they are to be kept. */
  readonly directory: string;
  readonly keepFiles: readonly string[];
}

/** What nothing is left of but processes that went their own way has this many milliseconds to end. */
const graceOfRest = 2000;
/** How long somebody else who has the lock of the directory is waited for, in milliseconds, and between two tries. */
const longestWait = 1000;
const interval = 20;

/** One group as the guard knows it: `PID,START,SIGNAL,GRACE` with the signal's name without SIG and milliseconds. */
function leaderIn(entry: string): Leader | undefined {
  const [pid, start, signal, grace] = entry.split(",");
  const number = Number(pid);
  if (!Number.isSafeInteger(number) || number <= 1) return undefined;
  const startTicks = start === undefined || start === "" ? {} : { startTicks: Number(start) };
  return { pid: number, ...startTicks, signal: `SIG${signal ?? "TERM"}`, graceMs: Number(grace) || 0 };
}

/** Ends and removes all that the plan and the groups name; false where the system cannot be asked for it. */
export async function sweepUp(plan: SweeperPlan, entries: readonly string[]): Promise<boolean> {
  const leaders = entries.flatMap((entry) => leaderIn(entry) ?? []);
  const { start, end } = plan.marker;
  const graces = leaders.map((leader) => leader.graceMs ?? 0);
  const graceMs = graces.length === 0 ? graceOfRest : Math.max(...graces);
  const { spared } = await sweep(
    {
      ...(plan.instance !== undefined && { tag: { instance: plan.instance } }),
      leaders,
      isMarker: (marker) => marker.startsWith(start) && marker.endsWith(end),
      since: plan.since,
    },
    { signal: "SIGTERM", graceMs, spare: plan.spare, isAlone: true },
  );
  if (plan.instance !== undefined && spared.length === 0) await endCgroups(plan.instance);
  await tidyUp(plan);
  return hasProc;
}

/** Does nothing once another run has begun in the directory; none can while this goes on. */
async function tidyUp({ directory, engine, remove, keepFiles }: SweeperPlan): Promise<void> {
  using lock = await lockOf(directory, engine);
  if (lock === undefined || !isRunOf(engine, `${directory}/run.json`)) return;
  const { files, owner } = readState(directory).state;
  const others = owner && writtenByOthers({ ...owner, directory });
  const written = Object.keys(files).map((path) => ({ path, content: "", keep: keepFiles.includes(path) }));
  await removeFiles(written, { ...files }, others).catch(() => {});
  removeNotifyDirectory(notifyDirectory(directory));
  for (const path of [...remove, `${directory}/run.json`]) rmSync(path, { force: true });
}

/** The directory's lock; undefined when it is of another run by now, or whoever has it does not let go. */
async function lockOf(directory: string, engine: SweeperPlan["engine"]): Promise<Lease | undefined> {
  for (let waited = 0; waited <= longestWait; waited += interval) {
    if (!isRunOf(engine, `${directory}/run.json`)) return undefined;
    const lock = lockToTidy(directory);
    if (lock !== undefined) return lock;
    await sleep(interval);
  }
  return undefined;
}

function isRunOf(engine: SweeperPlan["engine"], path: string): boolean {
  try {
    const { pid, startTicks } = JSON.parse(readPlain(path).toString()) as SweeperPlan["engine"];
    return pid === engine.pid && startTicks === engine.startTicks;
  } catch {
    return false;
  }
}
