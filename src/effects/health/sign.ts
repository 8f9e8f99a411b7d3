// Something that is waited for and happens once: a line of output, a service's own word.

/** A sign that is given once or never. */
export interface Sign {
  readonly give: () => void;
  readonly given: () => boolean;
  /** Resolves as soon as it is given, or when the signal is aborted. */
  readonly awaited: (signal: AbortSignal) => Promise<void>;
}

/** A sign that has not been given yet. */
export function newSign(): Sign {
  const waiting = new Set<() => void>();
  let given = false;
  return {
    give: () => {
      given = true;
      for (const tell of waiting) tell();
    },
    given: () => given,
    awaited: (signal) =>
      new Promise((resolve) => {
        const tell = (): void => {
          waiting.delete(tell);
          signal.removeEventListener("abort", tell);
          resolve();
        };
        if (given || signal.aborted) return resolve();
        waiting.add(tell);
        signal.addEventListener("abort", tell);
      }),
  };
}
