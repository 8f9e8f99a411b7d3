// One run of the benchmark: every scenario once, then as many more rounds as the time allows, peers taking turns within each.

import { now } from "../machine.ts";
import type { Contender } from "./contender.ts";
import type { Miss, Results, Sample } from "./results.ts";
import { planRounds } from "./rounds.ts";
import type { Measured } from "./scenarios/scenario.ts";
import type { Ground } from "./trial.ts";

const atATime = 3;

/** What is to be run, and how long at most. */
export interface Order {
  readonly scenarios: readonly Measured[];
  readonly contenders: readonly Contender[];
  readonly minutes: number;
  /** At most so many rounds of each scenario; undefined: as many as are enough for it. */
  readonly runs: number | undefined;
  /** Told what goes on, for whoever waits. */
  say(words: string): void;
}

/** What a run gives to the results. */
export type Measurements = Pick<Results, "rounds" | "samples" | "misses" | "findings">;

/** Measures. What could not be measured is among the misses, also what there was no time for. */
export async function runAll(ground: Ground, order: Order): Promise<Measurements> {
  const startedAt = now();
  const samples: Sample[] = [];
  const misses: Miss[] = [];
  const findings = new Set<string>();
  const rounds = new Map<Measured, number>();
  const costs = new Map<Measured, number>();
  const limitMs = order.minutes * 60_000;
  const leftMs = (): number => limitMs - (now() - startedAt);

  for (const scenario of order.scenarios) {
    if (leftMs() < 0) {
      const words = `the ${order.minutes} minutes were over before it began`;
      misses.push({ scenario: scenario.scenario, peer: "all", words });
    } else await round(scenario);
  }
  const extra = planRounds(
    [...costs].map(([{ scenario, enough }, ms]) => ({ name: scenario, ms, enough: order.runs ?? enough })),
    leftMs(),
  );
  const most = Math.max(0, ...extra.values());
  for (let number = 1; number <= most; number++) {
    for (const scenario of order.scenarios) {
      // A round that takes longer than the first did may not make the whole late.
      if ((extra.get(scenario.scenario) ?? 0) < number || leftMs() < (costs.get(scenario) ?? 0)) continue;
      await round(scenario);
    }
  }
  return {
    rounds: [...rounds].map(([{ scenario }, count]) => ({ scenario, rounds: count })),
    samples,
    misses,
    findings: [...findings],
  };

  /** Each peer once; who goes first changes from round to round. */
  async function round(scenario: Measured): Promise<void> {
    const before = rounds.get(scenario) ?? 0;
    const able = order.contenders.filter(({ peer }) => peer.cannot[scenario.scenario] === undefined);
    const turns = able.map((_, index) => able[(index + before) % able.length]);
    const roundAt = now();
    await Promise.all(
      Array.from({ length: scenario.how === "alone" ? 1 : atATime }, async () => {
        for (let next = turns.shift(); next !== undefined; next = turns.shift()) await turn(scenario, next);
      }),
    );
    const ms = now() - roundAt;
    rounds.set(scenario, before + 1);
    costs.set(scenario, Math.max(ms, costs.get(scenario) ?? 0));
    order.say(`${scenario.scenario}, round ${before + 1}: ${(ms / 1000).toFixed(1)} s`);
  }

  async function turn(scenario: Measured, contender: Contender): Promise<void> {
    const about = { scenario: scenario.scenario, peer: contender.peer.name };
    try {
      const observed = await scenario.measure(ground, contender, (words) => findings.add(words));
      samples.push(...observed.map((observation) => ({ ...observation, ...about })));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      misses.push({ ...about, words });
      order.say(`${about.peer} could not be measured (${about.scenario}): ${words}`);
    }
  }
}
