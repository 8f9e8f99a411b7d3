// What an engine that died had begun and the next one does not take back: spawned a moment before and not written down, left
// in a group whose leader has ended, or in a terminal that died with the engine.

import { lookAround } from "../effects/processes/scan.ts";
import { sweep, type Swept } from "../effects/processes/sweep.ts";
import { formatTag } from "../effects/processes/tag.ts";
import { isProcess } from "../effects/processes/proc.ts";
import type { LiveRecord, RunRecord } from "../effects/state/state.ts";

/** Nobody gets more time to end than this, in milliseconds: the engine is waited for. */
const longestGrace = 5000;

/** Ends all of the run that is neither one of `live` nor of a task that has done what it was for. */
export async function endStrays(
  run: RunRecord,
  live: readonly LiveRecord[],
  spare: readonly string[],
): Promise<readonly Swept[]> {
  const { tag: instance, marker, since, services } = run;
  const options = { signal: "SIGTERM", graceMs: longestGrace, spare } as const;
  const records = Object.values(services);
  // What a task has started and left may be what the others need.
  const completed = records.flatMap(({ tag, over }) => (over?.kind === "exited" && tag !== undefined ? [tag] : []));
  const kept = new Set([...live.flatMap(({ tag }) => tag ?? []), ...completed]);
  const seen = instance === undefined ? [] : await lookAround(since);
  const strays = new Map(
    seen.flatMap(({ tag }) => {
      if (tag === undefined || tag.instance !== instance) return [];
      const name = formatTag(tag);
      return kept.has(name) ? [] : [[name, tag] as const];
    }),
  );
  const swept = [...strays.values()].map((tag) => sweep({ tag, leaders: [], isMarker: () => false, since }, options));
  const gone = records.flatMap((record) => record.live ?? []).filter((one) => !live.includes(one));
  if (instance !== undefined && gone.length === 0) return Promise.all(swept);
  // What has no tag has at most its `LAUNCH_RUN`.
  const isMarker = (given: string): boolean =>
    gone.some((one) => one.marker === given) ||
    (given.startsWith(marker.start) && given.endsWith(marker.end) && !isKept(given, live, run));
  return Promise.all([...swept, sweep({ leaders: gone.filter(isProcess), isMarker, since }, options)]);
}

function isKept(marker: string, live: readonly LiveRecord[], { services }: RunRecord): boolean {
  const [name = "", run] = marker.split("/").slice(-3);
  const record = services[name];
  const isCompleted = record?.over?.kind === "exited" && String(record.run) === run;
  return isCompleted || live.some((one) => one.marker === marker);
}
