// What is written down of the services while they run, so that whoever comes after this engine can take them over or end them.

import type { Fleet, Member } from "../core/state.ts";
import { toBoot } from "../effects/state/boot.ts";
import type { LiveRecord, Over, ServiceRecord } from "../effects/state/state.ts";
import type { Live } from "./live.ts";

/** What is known of runs besides their fleet. */
export interface Known {
  readonly lives: ReadonlyMap<string, Live>;
  /** What all that a run of the service starts inherits. */
  readonly tagOf: (service: string, run: number) => string | undefined;
  /** The byte of the service's log at which the session's part begins. */
  readonly sessionFrom: (service: string) => number;
}

/** The services that have begun or are wanted. */
export function recordServices(
  { members }: Fleet,
  { lives, tagOf, sessionFrom }: Known,
): Readonly<Record<string, ServiceRecord>> {
  const records: Record<string, ServiceRecord> = {};
  for (const [name, member] of Object.entries(members)) {
    if (!member.wanted && member.run === 0) continue;
    const live = lives.get(name);
    const over = overOf(member);
    const tag = member.run === 0 ? undefined : tagOf(name, member.run);
    records[name] = {
      wanted: member.wanted,
      ...(member.needed === undefined ? {} : { needed: member.needed }),
      bounce: isToStartAgain(member),
      run: member.run,
      ...(tag === undefined ? {} : { tag }),
      restarts: member.restarts,
      recentRestarts: member.recentRestarts.map(toBoot),
      ports: member.claim === "held" ? member.ports : {},
      ...(over === undefined ? {} : { over }),
      ...(live?.pid === undefined ? {} : { live: liveRecord(live, live.pid, sessionFrom(name)) }),
    };
  }
  return records;
}

function liveRecord(
  { run, marker, startTicks, ready, preparation, logFrom, status, tag, cgroup }: Live,
  pid: number,
  sessionFrom: number,
): LiveRecord {
  return {
    pid,
    ...(startTicks === undefined ? {} : { startTicks }),
    run,
    marker,
    ...(tag === undefined ? {} : { tag }),
    ready,
    signal: preparation.service.stop.signal,
    graceMs: preparation.service.stop.timeout,
    tty: preparation.service.tty,
    logFrom: logFrom ?? 0,
    sessionFrom,
    ...(status === undefined ? {} : { status }),
    ...(cgroup === undefined ? {} : { cgroup }),
  };
}

function isToStartAgain({ bounce, wanted, state }: Member): boolean {
  return bounce || (wanted && state.status === "stopping" && state.after.kind === "rest");
}

function overOf({ state, adopted }: Member): Over | undefined {
  if (adopted) return { kind: "adopted" };
  if (state.status === "exited") return { kind: "exited", code: state.exit.code ?? 0 };
  if (state.status === "backoff") return { kind: "backoff", until: toBoot(state.until), failure: state.failure };
  return state.status === "failed" ? { kind: "failed", failure: state.failure } : undefined;
}
