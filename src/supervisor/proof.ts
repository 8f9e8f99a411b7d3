// Finds out whether live runs are ready, healthy, or gone, and whether it is really they who answer.

import type { Conflict } from "../core/conflict.ts";
import type { Fact } from "../core/event.ts";
import type { Endpoint, Health, Port, Probe, Service } from "../core/service.ts";
import { sleep } from "../effects/clock.ts";
import { wordsOnElsewhere } from "../effects/health/elsewhere.ts";
import { awaitReady } from "../effects/health/readiness.ts";
import type { Subject } from "../effects/health/subject.ts";
import { systemSockets } from "../effects/health/system.ts";
import { watchHealth } from "../effects/health/watch.ts";
import { mainProcessEnded } from "../effects/processes/main-process.ts";
import { hasProc, isAlive, readStat } from "../effects/processes/proc.ts";
import type { Ports } from "../effects/ports/ports.ts";
import type { Assignment } from "../plan/env.ts";
import { leaderOf } from "./ending.ts";
import type { Live } from "./live.ts";

/** What proving needs from around it. */
export interface ProofOptions {
  readonly ports: Ports;
  readonly assigned: () => Assignment;
  readonly report: (fact: Fact) => void;
}

/** Watches runs until they are over; what is found out is reported. */
export interface Proof {
  readiness(live: Live): void;
  health(live: Live): void;
}

/** How what runs elsewhere is watched when its manifest does not say. */
const watchedHealth: Pick<Health, "interval" | "timeout" | "failures" | "success" | "restart"> = {
  interval: 2000,
  timeout: 2000,
  failures: 2,
  success: 1,
  restart: false,
};

/** Until it is asked again who answers, when the stranger has just left or is an earlier run's last process. */
const strangerInterval = 25;

/** Probes that need not meet the service's own port. */
const wordsOfItsOwn: ReadonlySet<Probe["kind"]> = new Set(["log", "notify", "exec", "none"]);

/** Within so much time after it is ready a service opens its ports. */
const untilOpened = [1000, 4000];

/** Between two looks at whether what was adopted still listens. */
const presenceInterval = 500;

/** Proves runs by the probes of their preparation. */
export function newProof({ ports, assigned, report }: ProofOptions): Proof {
  const subjectOf = (live: Live): Subject => {
    const { preparation, pid, marker, log, told } = live;
    return {
      service: pid === undefined ? asWatched(preparation.service) : preparation.service,
      ports: assigned()[preparation.service.name] ?? {},
      env: preparation.env,
      cwd: preparation.service.workingDir,
      marker,
      sockets: systemSockets,
      ...(pid === undefined ? {} : { leader: leaderOf(live, pid) }),
      ...(log === undefined ? {} : { log }),
      ...(told === undefined ? {} : { word: told.ready }),
    };
  };

  const awaitProof = async (live: Live): Promise<void> => {
    const { run, spawnedAt } = live;
    const { name } = live.preparation.service;
    const { signal } = live.over;
    let foreign: Port | undefined;
    for (;;) {
      const outcome = await awaitReady({
        ...subjectOf(live),
        spawnedAt,
        signal,
        onReason(reason) {
          foreign = undefined;
          report({ type: "unready", service: name, run, reason });
        },
      });
      if (signal.aborted) return;
      // Who has ended does not serve, whatever it has left that answers; how it ended is about to be heard.
      if (outcome.kind === "ready" && (await hasEnded(live))) await sleep(Number.POSITIVE_INFINITY, signal);
      if (outcome.kind === "ready") {
        live.ready = true;
        report({ type: "ready", service: name, run, verified: outcome.verified });
        return sayElsewhere(live);
      }
      if (outcome.kind === "failed") return report({ type: "never-ready", service: name, run, reason: outcome.reason });
      const conflicts = await strangersOn(name, outcome.port);
      if (conflicts.length > 0) return report({ type: "conflict", service: name, run, conflicts });
      if (outcome.endpoint === undefined && foreign !== outcome.port) {
        // A probe of somebody else's port: nobody is in the way, yet this is no sign of the service.
        foreign = outcome.port;
        const reason = `port ${foreign} is answered by a process of another's (with owner: any it counts)`;
        report({ type: "unready", service: name, run, reason });
      }
      await sleep(strangerInterval, signal);
    }
  };

  /** What is ready by its own word may listen elsewhere than whoever needs it is told. */
  const sayElsewhere = async (live: Live): Promise<void> => {
    const subject = subjectOf(live);
    const { name, ready } = subject.service;
    if (!wordsOfItsOwn.has(ready.probe.kind)) return;
    const words = wordsOnElsewhere(subject, ready.probe);
    for (const pause of untilOpened) {
      await sleep(pause, live.over.signal);
      const said = await words();
      if (said === undefined) continue;
      const notice = { kind: "elsewhere", service: name, run: live.run, message: `is ready, but ${said}` } as const;
      return report({ type: "noticed", notice });
    }
  };

  /** The conflict about this one port; none when the stranger has left meanwhile. */
  const strangersOn = async (name: string, port: number): Promise<readonly Conflict[]> =>
    (await ports.open(name)).filter((conflict) => conflict.port === port);

  const watch = async (live: Live): Promise<void> => {
    const { run } = live;
    const isElsewhere = live.pid === undefined;
    const subject = subjectOf(live);
    const { name, ready, health } = subject.service;
    const watching = new AbortController();
    live.watching?.abort();
    live.watching = watching;
    await watchHealth({
      ...subject,
      health: health ?? { ...watchedHealth, probe: ready.probe, owner: "any" },
      signal: AbortSignal.any([live.over.signal, watching.signal]),
      onHealthy: () => report({ type: "healthy", service: name, run }),
      onUnhealthy(reason) {
        // What is not ours to run is not unhealthy but gone, and waited for again.
        if (isElsewhere) watching.abort();
        report({ type: isElsewhere ? "lost" : "unhealthy", service: name, run, reason });
      },
    });
  };

  /** What was adopted before it was ready may go before it ever is. */
  const watchPresence = async (live: Live): Promise<void> => {
    const { name, endpoints } = live.preparation.service;
    const hasUdp = endpoints.some(({ transport }) => transport === "udp");
    const { signal } = live.over;
    while (!live.ready) {
      await sleep(presenceInterval, signal);
      const own = Object.values(assigned()[name] ?? {});
      const tables = await Promise.all([systemSockets.poll(), ...(hasUdp ? [systemSockets.poll("udp")] : [])]);
      if (live.ready || tables.flat().some(({ port }) => own.includes(port))) continue;
      return report({ type: "lost", service: name, run: live.run, reason: "what ran in its place is gone" });
    }
  };

  return {
    readiness(live) {
      const isAdopted = live.pid === undefined && live.preparation.service.type !== "external";
      if (isAdopted) watchPresence(live).catch(unlessOver(live));
      awaitProof(live).catch(unlessOver(live));
    },
    health: (live) => void watch(live),
  };
}

/** True when the command's process is gone; false also where that cannot be seen. */
async function hasEnded({ pid, status, over }: Live): Promise<boolean> {
  if (pid === undefined || !hasProc) return false;
  if (status === undefined) return !isAlive(readStat(pid));
  return mainProcessEnded(pid, status, over.signal);
}

/** The end of the run ends its waiting, and that is no news. */
function unlessOver({ over }: Live): (error: unknown) => void {
  return (error) => {
    if (!over.signal.aborted) throw error;
  };
}

/** What runs elsewhere may be anybody's, and its output is not ours to read. */
function asWatched(service: Service): Service {
  const [endpoint] = service.endpoints;
  const { probe } = service.ready;
  const isBlind = ["log", "notify", "none"].includes(probe.kind) && endpoint !== undefined;
  const seen = isBlind ? connectionTo(endpoint) : probe;
  return { ...service, ready: { ...service.ready, probe: seen, owner: "any" } };
}

/** How it shows that somebody serves there; nobody is connected to by UDP. */
function connectionTo({ name, transport }: Endpoint): Probe {
  return transport === "udp" ? { kind: "listen", endpoint: name } : { kind: "tcp", address: name };
}
