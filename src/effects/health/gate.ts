// When to ask: not before there is anybody to ask, and sooner than the pace says when somebody comes. Looking at the kernel's
// tables disturbs nobody.

import type { Millis } from "../../core/service.ts";
import { now, sleep } from "../clock.ts";
import { readKin } from "../processes/proc.ts";
import { listenerFor, type Listener } from "../ports/sockets.ts";
import { targetOf } from "./probe.ts";
import { nextPoll } from "./schedule.ts";
import type { Subject } from "./subject.ts";

/** What ends a pause, and what forbids a question. */
export interface Gate {
  /** Waits for so long, or until there is a sign that asking again is worth while. */
  readonly pause: (ms: Millis, signal: AbortSignal) => Promise<void>;
  /** True while a command had nobody to talk to. */
  readonly isShut: () => Promise<boolean>;
  /** To be awaited before each question: signs from then on count. */
  readonly asking: () => Promise<void>;
}

/** A command is run then though nobody was seen: it may ask for something else, or the service listen where nobody can see it. */
const longestShut: Millis = 2000;

/** How often processes that come and go end a pause: servers that fork do so once when they begin to start and once when they are ready. */
const signsOfKin = 2;

/** Where nobody's coming can be seen. */
const openGate: Gate = { pause: sleep, isShut: () => Promise.resolve(false), asking: () => Promise.resolve() };

/** The gate of a service that has been spawned at that time. */
export function createGate(subject: Subject & { readonly spawnedAt: Millis }): Gate {
  const answering = answeringSockets(subject);
  if (answering === undefined) return openGate;
  const { spawnedAt, leader, service } = subject;
  const isCommand = service.ready.probe.kind === "exec";
  const met = new Set<number>();
  const kinOf = (): string => (isCommand && leader !== undefined ? readKin(leader.pid) : "");
  let kin = "";
  let signs = signsOfKin;
  const shutUntil = spawnedAt + Math.min(longestShut, service.ready.timeout / 2);
  let isOpen = !isCommand || service.ready.owner === "any" || leader === undefined;

  const hasArrived = async (): Promise<boolean> => {
    const fresh = (await answering()).filter(({ inode }) => !met.has(inode));
    for (const { inode } of fresh) met.add(inode);
    return fresh.length > 0;
  };
  const hasKinChanged = (): boolean => isOpen && signs > 0 && kinOf() !== kin && signs-- > 0;

  return {
    async pause(ms, signal) {
      const due = now() + ms;
      let step: Millis = 0;
      while (!(await hasArrived()) && !hasKinChanged()) {
        const left = due - now();
        if (left <= 0) return;
        step = nextPoll("look", now() - spawnedAt, step);
        await sleep(Math.min(step, left), signal);
      }
    },
    async isShut() {
      isOpen ||= now() > shutUntil || (await answering()).length > 0;
      return !isOpen;
    },
    async asking() {
      isOpen = true;
      kin = kinOf();
      await hasArrived();
    },
  };
}

/** The sockets that answer the probe, or that its command is likely to talk to. Undefined for a probe that asks none, and where looking is not cheap. */
function answeringSockets(subject: Subject): (() => Promise<readonly Listener[]>) | undefined {
  const { service, ports, sockets } = subject;
  if (sockets.count() === undefined) return undefined;
  const { probe } = service.ready;
  if (probe.kind === "exec") {
    const given = new Set(
      service.endpoints.flatMap(({ name, transport }) => (transport === "udp" ? [] : [ports[name]])),
    );
    return given.size === 0 ? undefined : async () => (await sockets.poll()).filter(({ port }) => given.has(port));
  }
  const target = targetOf(probe, subject);
  if (target === undefined) return undefined;
  return async () => {
    const rows = await sockets.poll();
    return target.hosts.flatMap((host) => listenerFor(rows, target.port, host) ?? []);
  };
}
