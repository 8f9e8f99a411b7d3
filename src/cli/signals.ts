// Signals to launch itself, for as long as a run is going.

import { type EndingSignal, endingSignals, newRequestCounter } from "../core/ending-signals.ts";
import { now } from "../effects/clock.ts";
import { inheritance } from "../effects/processes/inheritance.ts";

/** What to do: `count` is 1 for the first request of the run. */
export type SignalHandler = (signal: EndingSignal, count: number) => void;

/** Listens until disposed. */
export interface Signals extends Disposable {
  /** As if the signal had come: a key that means the same. */
  receive(signal: EndingSignal): void;
}

/** A signal that somebody else has a use for meanwhile. */
type Claimed = "SIGUSR1" | "SIGUSR2" | "SIGQUIT";

/** The signals that end this process: all of them, but for SIGHUP where it was started to ignore that, and SIGPROF where Node sends it to itself. */
export function heardEndings(): readonly EndingSignal[] {
  return endingSignals.filter((signal) => {
    if (signal === "SIGHUP") return !inheritance().ignoresHangup;
    return signal !== "SIGPROF" || !isProfiled();
  });
}

/** A profiler of Node takes its samples by SIGPROF, which nobody has sent then. */
function isProfiled(): boolean {
  const { NODE_OPTIONS = "" } = process.env;
  return [...process.execArgv, NODE_OPTIONS].some((words) => /--(cpu-)?prof\b/.test(words));
}

const claims = new Map<string, (signal: Claimed) => void>();

/** Hands every signal that ends a run to the handler until disposed, and several within 300 ms once. */
export function onSignals(handle: SignalHandler): Signals {
  const requests = newRequestCounter();
  const receive = (signal: EndingSignal): void => {
    if (claims.has(signal)) return;
    const count = requests.next(now());
    if (count === undefined) return;
    handle(signal, count);
    requests.handled(now());
  };
  const heard = heardEndings();
  for (const signal of heard) process.on(signal, receive);
  return {
    receive,
    [Symbol.dispose]: () => {
      for (const signal of heard) process.off(signal, receive);
    },
  };
}

/** Hands these signals to the handler alone until disposed, whatever they mean otherwise. */
export function claimSignals(signals: readonly Claimed[], handle: (signal: Claimed) => void): Disposable {
  const receive = (signal: NodeJS.Signals): void => claims.get(signal)?.(signal as Claimed);
  for (const signal of signals) {
    claims.set(signal, handle);
    process.on(signal, receive);
  }
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) {
        claims.delete(signal);
        process.off(signal, receive);
      }
    },
  };
}
