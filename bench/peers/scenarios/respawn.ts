// The way back after a crash.

import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../../machine.ts";
import { prepare } from "../prepared.ts";
import { start } from "../trial.ts";
import type { Measured } from "./scenario.ts";

const kills = 5;
const limitMs = 10_000;

/** From `kill -9` of a service to the first thing that its next process does. */
export const respawn: Measured = {
  scenario: "respawn",
  title: "Crash to respawn",
  about: `From \`kill -9\` of a service to the next start, with the smallest delay that can be set; ${kills} kills a round.`,
  columns: [{ key: "ms", title: "next start", unit: "ms", better: "less", picture: "Crash to next start" }],
  enough: 3,
  how: "alone",
  async measure(ground, contender, find) {
    await using prepared = prepare(ground, contender, "respawn", { app: { does: ["idle"], restart: "always" } });
    const trial = start(prepared);
    await trial.until("the first start", () => trial.stamps()[0]);
    const samples: number[] = [];
    while (samples.length < kills) {
      // Long enough to be taken for running again, so that every crash meets the same state; mprocs wants a second.
      await sleep(1100);
      const before = trial.stamps();
      const pid = before.at(-1)?.pid;
      if (pid === undefined) throw new Error("the service never started");
      const killedAt = now();
      process.kill(pid, "SIGKILL");
      try {
        const next = await trial.until("the next start", () => trial.stamps()[before.length], limitMs);
        samples.push(next.at - killedAt);
      } catch (error) {
        if (samples.length === 0) throw error;
        const kill = samples.length + 1;
        find(`${contender.peer.name} did not start the service again within ${limitMs / 1000} s of kill ${kill}`);
        break;
      }
    }
    return samples.map((value) => ({ column: "ms", value }));
  },
};
