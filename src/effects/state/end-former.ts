// Ends what a killed run of this same project and instance left, and says what of it there is. Only what was written down on
// this boot for this directory is believed, and every process is checked again before it gets a signal.

import { basename } from "node:path";
import { cgroupPrefix, endCgroup, endCgroups } from "../processes/cgroup.ts";
import { isProcess, type ProcessStat } from "../processes/proc.ts";
import { lookAround } from "../processes/scan.ts";
import { belongingTo, type Sought, type Swept, sweep } from "../processes/sweep.ts";
import { readTag } from "../processes/tag.ts";
import { endGuard } from "./former-guard.ts";
import type { LiveRecord, RunRecord } from "./state.ts";

/** Nobody of a killed run gets more time to end than this, in milliseconds: someone waits for the next one. */
const longestGrace = 5000;

/** Asks all to end, each by its own signal, and kills who does not; `spare` are names of programs that live on. */
export async function endFormer(run: RunRecord, spare: readonly string[]): Promise<Swept> {
  const graces = livesOf(run).map(({ graceMs }) => Math.min(graceMs, longestGrace));
  // The command of `launch run` may be in our own group, where one script starts both; what we are part of is let live.
  const isWithin = run.tag !== undefined && readTag(process.pid)?.instance === run.tag;
  const swept = await sweep(soughtOf(run), {
    signal: "SIGTERM",
    graceMs: Math.max(0, ...graces),
    spare,
    isInOurGroup: !isWithin,
  });
  // It has nothing to do any more, and may never have come to it.
  await endGuard(run);
  if (run.tag !== undefined && swept.spared.length === 0) await endCgroupsOf(run.tag, run);
  return swept;
}

/** Those that were written down, wherever they are, and those beside ours that were not. */
async function endCgroupsOf(instance: number, run: RunRecord): Promise<void> {
  const known = livesOf(run).flatMap(({ cgroup }) => cgroup ?? []);
  const own = known.filter((path) => basename(path).startsWith(cgroupPrefix(instance)));
  await Promise.all([...own.map(endCgroup), endCgroups(instance)]);
}

/** What the run has left. */
export async function findFormer(run: RunRecord): Promise<readonly ProcessStat[]> {
  const sought = soughtOf(run);
  return (await lookAround(sought.since)).filter(belongingTo(sought));
}

function soughtOf(run: RunRecord): Sought {
  const lives = livesOf(run);
  const markers = new Set(lives.map(({ marker }) => marker));
  const { start, end } = run.marker;
  return {
    ...(run.tag === undefined ? {} : { tag: { instance: run.tag } }),
    // Nobody watched meanwhile, so the number of a group without its leader may have become anybody's.
    leaders: lives.filter(isProcess).map(({ pid, startTicks, signal, graceMs }) => ({
      pid,
      signal,
      graceMs: Math.min(graceMs, longestGrace),
      ...(startTicks === undefined ? {} : { startTicks }),
    })),
    isMarker: (marker) => markers.has(marker) || (marker.startsWith(start) && marker.endsWith(end)),
    since: run.since,
  };
}

function livesOf({ services }: RunRecord): readonly LiveRecord[] {
  return Object.values(services).flatMap(({ live }) => live ?? []);
}
