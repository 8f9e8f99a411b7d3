// What a run is given beside its command and environment: the sockets that launch listens on for it, and a file to say things
// about itself in; and what is made of what it says.

import { existsSync, lstatSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Fact } from "../core/event.ts";
import type { Service } from "../core/service.ts";
import { now } from "../effects/clock.ts";
import { closeNotifyFile, createNotifyFile, hearWords, removeNotifyFile, type Word } from "../effects/health/notify.ts";
import { newNotifyRelay } from "../effects/health/notify-relay.ts";
import { newSign, type Sign } from "../effects/health/sign.ts";
import { awaitSilence } from "../effects/health/watchdog.ts";
import type { Leader } from "../effects/ports/ownership.ts";
import type { Ports } from "../effects/ports/ports.ts";
import type { Spawn } from "../effects/processes/spec.ts";
import { isHeard } from "./heard.ts";

/** What handing over needs from around it. */
export interface HandoverOptions {
  /** Where services say things about themselves. */
  readonly directory: string;
  readonly ports: Ports;
  /** What the program that hears for us is found by. */
  readonly tag: string | undefined;
  readonly report: (fact: Fact) => void;
}

/** Hands things over to runs that are about to be spawned. Disposing ends what hears for us. */
export interface Handover extends Disposable {
  /** What this run gets; rejects with the system's error when it cannot be made. */
  give(service: Service, run: number): Promise<Handed>;
  /** Goes on hearing a run that another engine has begun. */
  resume(service: Service, run: number): Told | undefined;
}

/** What one run gets. */
export interface Handed {
  readonly spawn: Pick<Spawn, "sockets" | "notify">;
  readonly env: Readonly<Record<string, string>>;
  /** Absent for a service that says nothing about itself. */
  readonly told?: Told;
  /** The service has been spawned, or could not be: what is only for it is closed here. */
  spawned(): void;
}

/** What a run says. Disposing ends the hearing. */
export interface Told extends Disposable {
  /** Given once it has said that it is ready. */
  readonly ready: Sign;
  /** From now on its silence is judged, if it has a watchdog. */
  guard(leader: Leader): void;
}

/** Nothing is handed over yet. */
export function newHandover({ directory, ports, tag, report }: HandoverOptions): Handover {
  const relay = newNotifyRelay(directory, tag);
  // Of runs that nobody has taken over.
  const known = new Set<string>();
  let isTidy = false;

  const tidy = (): void => {
    if (isTidy) return;
    isTidy = true;
    if (!isDirectory(directory)) return;
    const left = readdirSync(directory).filter((name) => !known.has(name.replace(/\.sock$/, "")));
    for (const name of left) removeNotifyFile(join(directory, name));
  };

  const hear = (service: Service, run: number, path: string): Told => {
    const { name: told, watchdog } = service;
    const ready = newSign();
    const over = new AbortController();
    let heard: number | undefined;
    let guarding = false;
    let endsItself = false;

    const silent = (): void => {
      if (guarding && !endsItself && !over.signal.aborted) report({ type: "silent", service: told, run });
    };
    const take = (word: Word): void => {
      heard = now();
      switch (word.kind) {
        case "ready":
          return ready.give();
        case "extend":
          return report({ type: "extended", service: told, run, by: word.by });
        case "broken":
          return silent();
        case "stopping":
          endsItself = true;
          return;
        case "alive":
        case "status":
          return;
      }
    };
    const tail = hearWords(path, (words) => {
      words.forEach(take);
      // Of several only the last is true.
      const said = words.findLast((word) => word.kind === "status");
      if (said !== undefined) report({ type: "said", service: told, run, text: said.text });
    });

    return {
      ready,
      guard(leader) {
        if (watchdog === undefined || guarding) return;
        guarding = true;
        const options = { limit: watchdog, leader, heard: () => heard, signal: over.signal };
        void awaitSilence(options).then((isSilent) => isSilent && silent());
      },
      [Symbol.dispose]() {
        over.abort();
        void tail[Symbol.asyncDispose]();
        removeNotifyFile(path);
        relay.close(basename(path));
      },
    };
  };

  return {
    async give(service, run) {
      const sockets = ports.sockets(service.name);
      if (!isHeard(service)) return { spawn: { sockets }, env: {}, spawned: () => {} };
      tidy();
      const name = nameOf(service, run);
      const file = createNotifyFile(join(directory, name));
      const socket = await relay.open(name, file.path);
      const { watchdog } = service;
      return {
        spawn: { sockets, notify: file.fd },
        env: {
          LAUNCH_NOTIFY: file.path,
          ...(socket !== undefined && { NOTIFY_SOCKET: socket }),
          ...(watchdog !== undefined && { WATCHDOG_USEC: String(Math.round(watchdog * 1000)) }),
        },
        told: hear(service, run, file.path),
        spawned: () => closeNotifyFile(file),
      };
    },
    resume(service, run) {
      const path = join(directory, nameOf(service, run));
      if (!isHeard(service) || !existsSync(path)) return undefined;
      known.add(nameOf(service, run));
      void relay.open(nameOf(service, run), path);
      return hear(service, run, path);
    },
    [Symbol.dispose]: () => relay[Symbol.dispose](),
  };
}

/** A link in its place leads to files that are none of ours. */
function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Another run, another name: whoever is left of an earlier one is not heard. */
function nameOf({ name }: Service, run: number): string {
  return `${name}.${run}`;
}
