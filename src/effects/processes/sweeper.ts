// What the guard runs once the engine is gone: ends everything that it had, and removes what only a running engine has use for.
// A script of its own; `newSweeper` says how it is run.

import { readFileSync, rmSync } from "node:fs";
import { notifyDirectory, removeNotifyDirectory } from "../health/notify-directory.ts";
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

async function tidyUp({ directory, engine, remove, keepFiles }: SweeperPlan): Promise<void> {
  if (!isRunOf(engine, `${directory}/run.json`)) return;
  const { files, owner } = readState(directory).state;
  const others = owner && writtenByOthers({ ...owner, directory });
  const written = Object.keys(files).map((path) => ({ path, content: "", keep: keepFiles.includes(path) }));
  await removeFiles(written, { ...files }, others).catch(() => {});
  removeNotifyDirectory(notifyDirectory(directory));
  for (const path of [...remove, `${directory}/run.json`]) rmSync(path, { force: true });
}

// Another engine may have begun here meanwhile.
function isRunOf(engine: SweeperPlan["engine"], path: string): boolean {
  try {
    const { pid, startTicks } = JSON.parse(readFileSync(path, "utf8")) as SweeperPlan["engine"];
    return pid === engine.pid && startTicks === engine.startTicks;
  } catch {
    return false;
  }
}
