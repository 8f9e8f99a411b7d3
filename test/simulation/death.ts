// The death of an engine whose run goes on: what the next one finds.

import type { Fact } from "../../src/core/event.ts";
import type { FoundAs, Reclaimed } from "../../src/core/found.ts";
import type { Fleet, Member } from "../../src/core/state.ts";
import type { Process } from "./host.ts";
import type { Luck } from "./luck.ts";

/** What the next engine is told. Some end in between; what nobody takes back is ended before it is told. */
export function foundAfterDeath({ members }: Fleet, processes: readonly Process[], luck: Luck): Fact {
  const services = Object.entries(members).map(([name, member]) => {
    const { wanted, needed, run, restarts, recentRestarts, state, ports, claim } = member;
    const found = foundOf(member, processes, luck);
    const hasPorts = found.kind === "live" || found.kind === "ended" || found.kind === "adopted";
    const bounce = member.bounce || (wanted && state.status === "stopping" && state.after.kind === "rest");
    const had = hasPorts && claim === "held" ? ports : {};
    const counts = { run, restarts, recentRestarts };
    return [name, { wanted, ...(needed && { needed }), bounce, ...counts, ports: had, found } satisfies Reclaimed];
  });
  for (const process of processes) if (!process.leader) process.group = false;
  return { type: "reclaimed", services: Object.fromEntries(services) as Record<string, Reclaimed> };
}

function foundOf({ service, run, state, adopted }: Member, processes: readonly Process[], luck: Luck): FoundAs {
  const index = processes.findIndex((one) => one.service === service.name && one.run === run);
  const process = processes[index];
  if (process?.group === true) {
    if (process.leader && !luck.chance(0.2)) return { kind: "live", pid: index + 1 };
    process.leader = false;
    process.group = false;
    const end = luck.pick([
      { exit: { code: 0, signal: null } },
      { exit: { code: 1, signal: null } },
      { failure: { kind: "unwatched" } },
    ] as const);
    return { kind: "ended", proved: state.status === "ready" || service.type === "task", end };
  }
  if (adopted) return { kind: "adopted" };
  switch (state.status) {
    case "exited":
      return { kind: "exited", exit: state.exit };
    case "failed":
      return { kind: "failed", failure: state.failure };
    case "backoff":
      return { kind: "backoff", until: state.until, failure: state.failure };
    case "idle":
    case "blocked":
    case "starting":
    case "started":
    case "ready":
    case "stopping":
      return { kind: "down" };
  }
}
