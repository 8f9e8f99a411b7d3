// Stops a service for a moment without ending it: SIGSTOP to its group, and SIGCONT.

import { sleep } from "../clock.ts";
import { isAlive, listStats } from "./proc.ts";
import { signalProcess, type Target } from "./signal.ts";

/** A group that has been stopped, until disposed. */
export interface HaltedGroup extends Disposable {
  /** True if no process of it is running right now. */
  stands(): boolean;
}

const longest = 100;

/** Stops the group of a service and waits until it stands still, at most 100 ms; undefined when it does not. */
export async function haltGroup(target: Pick<Target, "pid" | "startTicks">): Promise<HaltedGroup | undefined> {
  const group = { ...target, group: true, anyUser: true };
  if (signalProcess(group, "SIGSTOP") !== "sent") return undefined;
  const halted = {
    stands: () => listStats().every((stat) => stat.group !== target.pid || !isAlive(stat) || stat.state === "T"),
    [Symbol.dispose]: () => void signalProcess(group, "SIGCONT"),
  };
  for (let waited = 0; waited < longest && !halted.stands(); waited++) await sleep(1);
  if (halted.stands()) return halted;
  halted[Symbol.dispose]();
  return undefined;
}
