// What a run says in JSON lines, kept from its first word on, so that nothing is missed by asking late.

import { isDeepStrictEqual } from "node:util";
import { within } from "./wait.ts";

/** One line of `launch --json`. */
export interface Said {
  readonly type: string;
  readonly at: number;
  readonly service?: string;
  readonly state?: string;
  readonly phase?: string;
  readonly run?: number;
  readonly restarts?: number;
  readonly pid?: number;
  readonly ports?: Readonly<Record<string, number>>;
  readonly health?: string;
  readonly reason?: string;
  readonly line?: string;
  readonly choice?: string;
  readonly because?: string;
  readonly exitCode?: number;
  readonly [key: string]: unknown;
}

/** Parts of a line that must be as given; a function judges for itself. */
export type Wanted = Readonly<Record<string, unknown>> | ((said: Said) => boolean);

/** Everything said so far, and the waiting for more. */
export interface Events {
  readonly all: readonly Said[];
  add(said: Said): void;
  /** The first line that fits, said before or still to come; rejects once the run has ended without it. */
  find(wanted: Wanted): Promise<Said>;
  /** The service's first line with this phase. */
  state(service: string, phase: string, more?: Readonly<Record<string, unknown>>): Promise<Said>;
  /** Its phases in order. */
  states(service: string): readonly (string | undefined)[];
  close(): void;
}

/** No line has been said yet. `context` is shown with what was waited for in vain. */
export function newEvents(context: () => string): Events {
  const all: Said[] = [];
  let waiting: { fits: (said: Said) => boolean; take: (said: Said) => void; fail: (error: Error) => void }[] = [];
  let closed = false;

  const find = (wanted: Wanted): Promise<Said> => {
    const what = typeof wanted === "function" ? String(wanted) : JSON.stringify(wanted);
    const fits = typeof wanted === "function" ? wanted : (said: Said) => isPart(wanted, said);
    const known = all.find(fits);
    if (known !== undefined) return Promise.resolve(known);
    const ended = (): Error => new Error(`the run ended without ${what}\n${context()}`);
    if (closed) return Promise.reject(ended());
    const coming = new Promise<Said>((take, fail) => waiting.push({ fits, take, fail: () => fail(ended()) }));
    return within(what, coming, context);
  };

  return {
    all,
    add(said) {
      all.push(said);
      for (const one of waiting.filter(({ fits }) => fits(said))) one.take(said);
      waiting = waiting.filter(({ fits }) => !fits(said));
    },
    find,
    state: (service, phase, more = {}) => find({ type: "state", service, phase, ...more }),
    states: (service) =>
      all.filter((said) => said.type === "state" && said.service === service).map(({ phase }) => phase),
    close() {
      closed = true;
      for (const { fail } of waiting) fail(new Error("ended"));
      waiting = [];
    },
  };
}

function isPart(wanted: Readonly<Record<string, unknown>>, said: Said): boolean {
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(said[key], value));
}
