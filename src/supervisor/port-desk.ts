// Claims ports for the fleet, and carries out what was answered to a conflict.

import type { Conflict, Holder } from "../core/conflict.ts";
import type { Fact, Move } from "../core/event.ts";
import { nameHolder } from "../core/failure.ts";
import type { Service } from "../core/service.ts";
import { sleep } from "../effects/clock.ts";
import { endTree } from "../effects/processes/end-tree.ts";
import { tryPort } from "../effects/ports/binding.ts";
import { bindingOf } from "../plan/binding.ts";
import type { Claim, Ports } from "../effects/ports/ports.ts";

/** Carries out effects about ports; what happens is reported. */
export interface PortDesk {
  claim(services: readonly Service[]): void;
  settle(service: Service, choice: "next" | "kill" | "adopt" | "wait", conflicts: readonly Conflict[]): void;
  unwait(service: string): void;
  /** Resolves once the processes that were in the way have left the ports, with false when `isAsked` no longer holds; rejects on abort. */
  left(service: Service, conflicts: readonly Conflict[], isAsked: () => boolean, signal: AbortSignal): Promise<boolean>;
}

/** Between two looks at a port that is waited for. */
const waitInterval = 250;

/** From SIGTERM to SIGKILL for a holder that is ended by consent. */
const evictionGrace = 5000;

/** A desk over the ports of a run. */
export function newPortDesk(ports: Ports, report: (fact: Fact) => void): PortDesk {
  const waits = new Map<string, AbortController>();

  const claim = async (services: readonly Service[], settled: readonly Conflict[] = []): Promise<void> => {
    answer(services, await ports.claim(services), settled);
  };

  const answer = (services: readonly Service[], { assigned, conflicts }: Claim, settled: readonly Conflict[]): void => {
    for (const service of services) {
      const own = conflicts.filter((conflict) => conflict.service === service.name);
      if (own.length > 0) report({ type: "conflict", service: service.name, conflicts: own });
      else {
        report({
          type: "claimed",
          service: service.name,
          ports: assigned[service.name] ?? {},
          moves: movesOf(service, assigned[service.name] ?? {}, settled),
        });
      }
    }
  };

  const evict = async (service: Service, conflicts: readonly Conflict[]): Promise<void> => {
    for (const holder of distinctHolders(conflicts)) {
      await endTree(holder, { signal: "SIGTERM", graceMs: evictionGrace });
    }
    await claim([service], conflicts);
  };

  const waitForPorts = async (service: Service, conflicts: readonly Conflict[]): Promise<void> => {
    const wait = new AbortController();
    waits.set(service.name, wait);
    while (!wait.signal.aborted) {
      const claimed = await ports.claim([service]);
      if (claimed.conflicts.length === 0) return answer([service], claimed, conflicts);
      await sleep(waitInterval, wait.signal);
    }
  };

  return {
    claim: (services) => void claim(services),
    settle(service, choice, conflicts) {
      switch (choice) {
        case "next":
          for (const { endpoint, next } of conflicts) {
            // What was shown may be gone by now; then whatever is free.
            const taken = next !== undefined && ports.assign(service.name, endpoint, next) !== undefined;
            if (!taken) ports.assign(service.name, endpoint);
          }
          void claim([service], conflicts);
          return;
        case "kill":
          void evict(service, conflicts);
          return;
        case "adopt":
          report({
            type: "adopted",
            service: service.name,
            ports: { ...ports.assigned[service.name], ...wantedPorts(conflicts) },
          });
          return;
        case "wait":
          // Rejects only when the waiting is given up.
          waitForPorts(service, conflicts).catch(() => {});
          return;
      }
    },
    unwait(service) {
      waits.get(service)?.abort();
      waits.delete(service);
    },
    async left(service, conflicts, isAsked, signal) {
      while (isAsked()) {
        await sleep(waitInterval, signal);
        if (conflicts.every((conflict) => hasLeft(conflict, service))) return isAsked();
      }
      return false;
    },
  };
}

/** False as well where looking does not tell: another run's lease outlives its sockets. */
function hasLeft(conflict: Conflict, service: Service): boolean {
  return conflict.holder.kind === "process" && tryPort(bindingOf(service, conflict, conflict.port)) === "free";
}

function movesOf(
  service: Service,
  ports: Readonly<Record<string, number>>,
  settled: readonly Conflict[],
): readonly Move[] {
  return service.endpoints.flatMap(({ name, preferred }) => {
    const to = ports[name];
    if (preferred === undefined || to === undefined || to === preferred) return [];
    const conflict = settled.find((one) => one.endpoint === name);
    return [
      {
        endpoint: name,
        from: preferred,
        to,
        reason: conflict === undefined ? "as in the last run" : nameHolder(conflict.holder),
      },
    ];
  });
}

function wantedPorts(conflicts: readonly Conflict[]): Readonly<Record<string, number>> {
  return Object.fromEntries(conflicts.map((conflict) => [conflict.endpoint, conflict.port]));
}

function distinctHolders(conflicts: readonly Conflict[]): readonly Holder[] {
  const holders = conflicts.flatMap(({ holder }) => (holder.kind === "process" ? [holder.holder] : []));
  return [...new Map(holders.map((holder) => [holder.pid, holder])).values()];
}
