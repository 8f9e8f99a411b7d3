// Has the engine begin in its own process, and holds the connection by which it lives.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connectSession, type RemoteSession } from "../client/session.ts";
import { sleep } from "../effects/clock.ts";
import { type Go, lifelineDescriptor, spawnEngine } from "./early-engine.ts";
import type { Death } from "./lost-engine.ts";

/** The engine is up, or it ended before it was: with a manifest that is wrong, for instance. */
export type Born =
  | {
      readonly ok: true;
      readonly session: RemoteSession;
      /** How it ended and what it said last; resolves once it has, `undefined` when that is not to be learned. */
      readonly death: () => Promise<Death | undefined>;
    }
  | { readonly ok: false; readonly code: number; readonly words: string };

/** A process that may become the engine. */
export interface Candidate extends Disposable {
  /** Resolves once it has read its manifest and taken its place. */
  begin(go: Go): Promise<Born>;
}

/** Of what an engine writes to stderr the last is kept, in characters. */
const longestWords = 16_384;
/** From the loss of the connection until a process that has not ended is not waited for, in milliseconds. */
const lastMoment = 2000;

// Started by the entry, before this file was read.
let early: ChildProcess | undefined;

/** Hands over the process that the entry has started. */
export function offerEngine(child: ChildProcess | undefined): void {
  early = child;
}

/** This command needs no engine: one that was started early goes. */
export function declineEngine(): void {
  if (early !== undefined) engineCandidate()[Symbol.dispose]();
}

/** The process that was started early, or a new one; disposing one that has not begun ends it. */
export function engineCandidate(): Candidate {
  const child = early ?? spawnEngine();
  early = undefined;
  const lifeline = child.stdio[lifelineDescriptor] as Duplex;
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-longestWords);
  });
  // It may have ended already, over a manifest that is wrong; that is heard in its end.
  lifeline.on("error", () => {});
  let hasBegun = false;

  return {
    async begin(go) {
      hasBegun = true;
      try {
        lifeline.write(`${JSON.stringify(go)}\n`);
        const session = await connectSession(lifeline);
        child.unref();
        const death = async (): Promise<Death | undefined> => {
          child.ref();
          const end = await Promise.race([ended, sleep(lastMoment)]);
          if (end === undefined) return undefined;
          const [code, signal] = end;
          return { code, signal, words };
        };
        return { ok: true, session, death };
      } catch (error) {
        const [code] = await ended;
        const said = words === "" ? `The engine ended before it had started: ${String(error)}\n` : words;
        return { ok: false, code: code ?? 1, words: said };
      }
    },
    [Symbol.dispose]() {
      if (!hasBegun) lifeline.destroy();
    },
  };
}
