// Has the engine begin in its own process, and holds the connection by which it lives.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connectSession, type RemoteSession } from "../client/session.ts";
import { type Go, lifelineDescriptor, spawnEngine } from "./early-engine.ts";

/** The engine is up, or it ended before it was: with a manifest that is wrong, for instance. */
export type Born =
  | { readonly ok: true; readonly session: RemoteSession }
  | { readonly ok: false; readonly code: number; readonly words: string };

/** A process that may become the engine. */
export interface Candidate extends Disposable {
  /** Resolves once it has read its manifest and taken its place. */
  begin(go: Go): Promise<Born>;
}

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
  const ended = once(child, "close") as Promise<[number | null]>;
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (words += text));
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
        return { ok: true, session };
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
