// What a fleet takes over from an engine that died: runs that go on, and the ends of those that ended while nobody watched.

import { change, rested } from "./change.ts";
import type { Event, Fact } from "./event.ts";
import type { Reclaimed } from "./found.ts";
import { noteRun } from "./run.ts";
import type { Millis } from "./service.ts";
import type { Fleet, Member } from "./state.ts";

/** The fleet with all that was taken over, in one move; a member that has begun already is left as it is. */
export function noteReclaim(fleet: Fleet, event: Extract<Fact, { type: "reclaimed" }> & Event): Fleet {
  const isNew = (name: string): boolean => {
    const member = fleet.members[name];
    return member?.state.status === "idle" && member.run === 0;
  };
  const taken = Object.entries(event.services).filter(([name]) => isNew(name));
  const back = taken.reduce((next, [name, one]) => change(next, name, (old) => takenBack(old, one, event.at)), fleet);
  // How one ended is judged once it is known how all the others stand.
  return taken.reduce((next, [service, { run, found }]) => {
    const member = next.members[service];
    if (found.kind !== "ended" || member === undefined) return next;
    const { at, random } = event;
    return noteRun(next, member, { type: "exited", service, run, end: found.end, left: false, at, random });
  }, back);
}

function takenBack(
  member: Member,
  { wanted, needed, bounce, run, ports, found, ...counts }: Reclaimed,
  at: Millis,
): Member {
  const { restarts, recentRestarts } = counts;
  const known: Member = { ...member, wanted, ...(needed && { needed }), run, restarts, recentRestarts };
  switch (found.kind) {
    case "live": {
      const { pid } = found;
      // The listening socket that the engine before had has died with it.
      const isGap = member.service.endpoints.some(({ socket }) => socket === true);
      const live = {
        ...known,
        bounce,
        ports,
        claim: "held",
        state: { status: "started", run, since: at, pid },
      } as const;
      return isGap ? { ...live, socketLost: true } : live;
    }
    case "ended": {
      // Nobody knows since when it was; surely longer than what has only just come up.
      const proved = { status: "ready", run, since: Number.NEGATIVE_INFINITY, verified: true } as const;
      const state = found.proved ? proved : ({ status: "started", run, since: at } as const);
      return { ...known, bounce, ports, claim: "held", state };
    }
    case "exited":
      return { ...rested(known, { status: "exited", exit: found.exit }), lastEnd: { exit: found.exit } };
    case "backoff": {
      const { until, failure } = found;
      return {
        ...rested(known, { status: "backoff", until, failure }),
        lastEnd: { failure },
        crashes: { count: Math.max(1, recentRestarts.length), last: failure, alike: recentRestarts.length <= 1 },
      };
    }
    case "failed":
      return { ...rested(known, { status: "failed", failure: found.failure }), lastEnd: { failure: found.failure } };
    case "adopted":
      return { ...known, adopted: true, claim: "held", ports };
    case "down":
      return known;
  }
}
