// One run of the benchmark: every scenario once, then as many more rounds as the time allows, peers taking turns within each.

import { now } from "../machine.ts";
import { errorWords } from "../measure.ts";
import type { Contender } from "./contender.ts";
import type { Miss, Results, Sample } from "./results.ts";
import { planTurns } from "./turns.ts";
import type { Measured } from "./scenarios/scenario.ts";
import type { Ground } from "./prepared.ts";

const atATime = 3;
/** For what goes on between turns and after them. */
const marginMs = 15_000;

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
export type Measurements = Pick<Results, "samples" | "misses" | "findings">;

/** Measures. What could not be measured is among the misses, also what there was no time for. */
export async function runAll(ground: Ground, order: Order): Promise<Measurements> {
  const startedAt = now();
  const samples: Sample[] = [];
  const misses: Miss[] = [];
  const findings = new Set<string>();
  /** What the longest turn so far has taken, by scenario and peer; nothing of what failed. */
  const costs = new Map<string, number>();
  const limitMs = order.minutes * 60_000;
  const leftMs = (): number => limitMs - (now() - startedAt);

  for (const scenario of order.scenarios) {
    const able = order.contenders.filter(({ peer }) => peer.cannot[scenario.scenario] === undefined);
    if (leftMs() > 0) await round(scenario, able, 0);
    else {
      const words = `the ${order.minutes} minutes were over before it began`;
      misses.push(...able.map(({ peer }) => ({ scenario: scenario.scenario, peer: peer.name, words })));
    }
  }
  const turns = order.scenarios.flatMap((scenario) =>
    order.contenders.flatMap((contender) => {
      const name = keyOf(scenario, contender);
      const ms = costs.get(name);
      return ms === undefined ? [] : [{ name, ms, enough: order.runs ?? scenario.enough }];
    }),
  );
  const planned = planTurns(turns, leftMs() - marginMs);
  for (let number = 1; number <= Math.max(0, ...planned.values()); number++) {
    for (const scenario of order.scenarios) {
      const again = order.contenders.filter((contender) => (planned.get(keyOf(scenario, contender)) ?? 0) >= number);
      if (again.length > 0) await round(scenario, again, number);
    }
  }
  return { samples, misses, findings: [...findings] };

  /** Each of these once; who goes first changes from round to round. */
  async function round(scenario: Measured, contenders: readonly Contender[], number: number): Promise<void> {
    const first = contenders.length === 0 ? 0 : number % contenders.length;
    const queue = [...contenders.slice(first), ...contenders.slice(0, first)];
    const roundAt = now();
    const lanes = scenario.how === "alone" ? 1 : atATime;
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          // What takes longer than it did may not make the whole late.
          if (leftMs() - marginMs > (costs.get(keyOf(scenario, next)) ?? 0)) await turn(scenario, next, lanes);
          else if (number === 0) {
            const words = `the ${order.minutes} minutes were over before its turn`;
            misses.push({ scenario: scenario.scenario, peer: next.peer.name, words });
          }
        }
      }),
    );
    order.say(`${scenario.scenario}, round ${number + 1}: ${((now() - roundAt) / 1000).toFixed(1)} s`);
  }

  async function turn(scenario: Measured, contender: Contender, lanes: number): Promise<void> {
    const about = { scenario: scenario.scenario, peer: contender.peer.name };
    const name = keyOf(scenario, contender);
    const turnAt = now();
    try {
      const observed = await scenario.measure(ground, contender, (words) => findings.add(words));
      samples.push(...observed.map((observation) => ({ ...observation, ...about })));
      costs.set(name, Math.max((now() - turnAt) / lanes, costs.get(name) ?? 0));
    } catch (error) {
      const words = errorWords(error);
      misses.push({ ...about, words });
      order.say(`${about.peer} could not be measured (${about.scenario}): ${words}`);
    }
  }
}

function keyOf({ scenario }: Measured, { peer }: Contender): string {
  return `${scenario}, ${peer.name}`;
}
