// Time: the clock of the house, and every timer. A timer that fires late (the loop stalled, the process was stopped, the machine
// slept) says nothing about what it was meant to bound, so a deadline waits once more before it judges; and where stalls are watched
// for, the clock itself stands still while this process does: whatever a stall may have delayed has as much time left as before.

/** The longest delay that `setTimeout` can hold; a longer one would fire at once. */
const longestDelay = 2 ** 31 - 1;

/** A deadline whose timer fires later than this is not judged by that firing. */
const tolerated = 200;

/** What is granted instead, enough for answers that already wait in the sockets to be read. */
const grace = 250;

/** Between two signs of life of this process, and how much later than that one may come, in milliseconds. */
const beat = 1000;
const beatTolerated = 250;

/** What this process has stood still so far, and when it last was known to run; `Infinity` where nobody watches. */
let stood = 0;
let seen = Number.POSITIVE_INFINITY;
const watchers = new Set<(ms: number) => void>();
let beating: NodeJS.Timeout | undefined;

// Node has this at hand; its `performance` takes a millisecond to load.
function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

// Near enough where `performance` has its own zero: what is said of times since the start of this process goes by both.
const zero = monotonic() - process.uptime() * 1000;

/** Milliseconds of a clock that only moves forward, and not while this process stands still; its zero means nothing. */
export function now(): number {
  const time = monotonic() - zero;
  const gap = time - seen;
  if (gap > beat + beatTolerated) stand(gap);
  if (gap > 0) seen = time;
  return time - stood;
}

/** Has the clock stand still with this process from now on; `onStall` is told how long each time, once that is over. */
export function watchStalls(onStall: (ms: number) => void): Disposable {
  watchers.add(onStall);
  if (watchers.size === 1) {
    seen = monotonic() - zero;
    beating = setInterval(now, beat);
  }
  return {
    [Symbol.dispose]() {
      if (!watchers.delete(onStall) || watchers.size > 0) return;
      clearInterval(beating);
      seen = Number.POSITIVE_INFINITY;
    },
  };
}

function stand(ms: number): void {
  stood += ms;
  // Later, for whoever asked for the time is in the middle of something.
  setImmediate(() => {
    for (const tell of watchers) tell(ms);
  });
}

/** Calls `fn` once after `ms` milliseconds, unless disposed before; any delay up to `Infinity` is held. */
export function after(ms: number, fn: () => void): Disposable {
  const due = now() + ms;
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    timer = setTimeout(fire, Math.min(longestDelay, Math.max(0, due - now())));
  };
  // The clock may have stood still meanwhile, and timers are up to a millisecond early.
  const fire = (): void => (due - now() > 1 ? arm() : fn());
  arm();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Calls `fn` once when the input and output that is due now has been handled, unless disposed before. */
export function nextTurn(fn: () => void): Disposable {
  const turn = setImmediate(fn);
  return { [Symbol.dispose]: () => clearImmediate(turn) };
}

/** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(asError(signal.reason));
    const onAbort = (): void => {
      timer[Symbol.dispose]();
      reject(asError(signal?.reason));
    };
    const timer = after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** The bound of one exchange. Dispose it when the exchange is over. */
export interface Deadline extends Disposable {
  /** Aborts with a `TimeoutError` when the time is up, or with the outer signal's reason. */
  readonly signal: AbortSignal;
  /** True once the time is up; false when it was the outer signal that aborted. */
  readonly passed: boolean;
}

/** Bounds one exchange to `ms` milliseconds; a late timer grants 250 ms more before the time counts as up. */
export function deadline(ms: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  let timer: Disposable | undefined;

  const expire = (): void => {
    passed = true;
    release();
    controller.abort(new DOMException("The time is up.", "TimeoutError"));
  };
  const arm = (wait: number): void => {
    const due = now() + wait;
    timer = after(wait, () => {
      if (now() - due > tolerated) return arm(grace);
      // Timers run before sockets are read: an answer that came in time is read in this very turn.
      timer = nextTurn(expire);
    });
  };
  const onAbort = (): void => {
    release();
    controller.abort(outer?.reason);
  };
  const release = (): void => {
    timer?.[Symbol.dispose]();
    outer?.removeEventListener("abort", onAbort);
  };

  if (outer?.aborted === true) controller.abort(outer.reason);
  else {
    outer?.addEventListener("abort", onAbort, { once: true });
    arm(ms);
  }
  return {
    signal: controller.signal,
    get passed() {
      return passed;
    },
    [Symbol.dispose]: release,
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException(String(reason), "AbortError");
}
