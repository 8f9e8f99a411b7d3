// What a run begins before it has read its manifest, so that its services start sooner.

import { after } from "../effects/clock.ts";
import { putOffV8Work } from "../effects/v8-work.ts";
import { type ForkServer, openForkServer } from "../effects/processes/fork-server.ts";

/** Disposing ends the fork server and waits for that. */
export interface HeadStart extends AsyncDisposable {
  /** Who starts the services: it takes a moment until it can. */
  readonly forks: ForkServer;
  /** All has come up or failed. */
  over(): void;
}

/** A start that takes longer than this waits for its services, and the processor is ours again; in milliseconds. */
const longest = 1500;

/** Begins it. */
export function openHeadStart(): HeadStart {
  const forks = openForkServer();
  const v8 = putOffV8Work();
  const end = after(longest, () => v8[Symbol.dispose]());
  const over = (): void => {
    end[Symbol.dispose]();
    v8[Symbol.dispose]();
  };
  return {
    forks,
    over,
    async [Symbol.asyncDispose]() {
      over();
      await forks[Symbol.asyncDispose]();
    },
  };
}
