// Signals to launch itself, for as long as a run is going.

import type { QuitReason } from "../core/state.ts";

/** What to do: `count` is 1 for the first signal of the run. */
export type SignalHandler = (signal: Exclude<QuitReason, "request">, count: number) => void;

/** Hands SIGINT, SIGTERM and SIGHUP to the handler until disposed. */
export function onSignals(handle: SignalHandler): Disposable {
  let count = 0;
  const listeners = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const listener = (): void => handle(signal, ++count);
    process.on(signal, listener);
    return { signal, listener };
  });
  return {
    [Symbol.dispose]: () => {
      for (const { signal, listener } of listeners) process.off(signal, listener);
    },
  };
}
