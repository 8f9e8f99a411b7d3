// What launch should reach beside its peers, and whether it did. Pure.

import { median } from "../figures.ts";
import { floors } from "./floor.ts";
import type { Scenario } from "./peer.ts";
import { type Results, valuesOf } from "./results.ts";

/** A median of launch against that of a peer, or of the best of them, in the same run. */
interface Goal {
  readonly scenario: Scenario;
  readonly column: string;
  readonly title: string;
  readonly unit: string;
  /** A peer's name, or `the best`. */
  readonly against: string;
  /** Of the other's median: at most for what should be small, at least for what should be great. */
  readonly times: { readonly atMost: number } | { readonly atLeast: number };
}

const goals: readonly Goal[] = [
  goal("ready", "acted", "20 services ready, acted on", "ms", "the best", 0.9),
  goal("chain", "above", "chain of 10, above the critical path", "ms", "the best", 0.9),
  goal("respawn", "ms", "crash to next start", "ms", "pm2", 1),
  { ...goal("lines", "rate", "1,000,000 lines", "MB/s", "supervisord", 0), times: { atLeast: 1.1 } },
  goal("idle", "running", "100 idle services, all running", "ms", "process-compose", 1.3),
  goal("idle", "gone", "100 idle services, all gone", "ms", "mprocs", 1.5),
  goal("idle", "pss", "memory with 100 services", "MB", "concurrently", 1),
  goal("cold", "ms", "cold start", "ms", "process-compose", 1.2),
  goal("check", "ms", "check of 50 services", "ms", "process-compose", 2.4),
];

/** One goal with what it came to. */
export interface Verdict {
  readonly title: string;
  readonly wanted: string;
  /** In words, with the figures; absent when there is nothing to judge by. */
  readonly found: string;
  readonly verdict: "reached" | "MISSED" | "not judged";
}

/** All goals; those without figures of both sides are not judged. */
export function judge(results: Results): readonly Verdict[] {
  return [...goals.map((goal) => judgeOne(results, goal)), judgeCells(results)];
}

function judgeOne(results: Results, { scenario, column, title, unit, against, times }: Goal): Verdict {
  const medianOf = (peer: string): number | undefined => {
    const values = valuesOf(results, scenario, peer, column);
    return values.length === 0 ? undefined : median(values);
  };
  const isLess = "atMost" in times;
  const others = results.entrants.map(({ name }) => name).filter((name) => name !== "launch" && !floors.includes(name));
  const [best] = others
    .flatMap((name) => {
      const value = medianOf(name);
      return value === undefined || (against !== "the best" && against !== name) ? [] : [{ name, value }];
    })
    .toSorted((one, other) => (isLess ? one.value - other.value : other.value - one.value));
  const factor = isLess ? times.atMost : times.atLeast;
  const wanted = `${isLess ? "at most" : "at least"} ${factor} × ${against}`;
  const own = medianOf("launch");
  if (own === undefined) return { title, wanted, found: "launch was not measured", verdict: "not judged" };
  if (best === undefined) {
    const words = against === "the best" ? "no peer was measured" : `${against} was not measured`;
    return { title, wanted, found: words, verdict: "not judged" };
  }
  const ratio = own / best.value;
  const found = `${round(own)} against ${round(best.value)} ${unit} (${best.name}): ${ratio.toFixed(2)} ×`;
  return { title, wanted, found, verdict: (isLess ? ratio <= factor : ratio >= factor) ? "reached" : "MISSED" };
}

/** Everything that is right or wrong rather than fast or slow. */
function judgeCells({ samples }: Results): Verdict {
  const title = "bad input, stranger on the port, orphans, stops, exit codes";
  const wanted = "every cell right";
  const cells = samples.filter(({ peer }) => peer === "launch");
  const judged = cells.filter((sample) =>
    "words" in sample ? sample.right !== undefined : sample.scenario === "orphans",
  );
  const wrong = judged.filter((sample) => ("words" in sample ? sample.right === false : sample.value > 0));
  if (judged.length === 0) return { title, wanted, found: "launch was not measured", verdict: "not judged" };
  if (wrong.length === 0) return { title, wanted, found: `all of ${judged.length}`, verdict: "reached" };
  const names = new Set(wrong.map(({ scenario, column }) => `${scenario}: ${column}`));
  return {
    title,
    wanted,
    found: `${wrong.length} of ${judged.length} wrong (${[...names].join("; ")})`,
    verdict: "MISSED",
  };
}

function goal(scenario: Scenario, column: string, title: string, unit: string, against: string, atMost: number): Goal {
  return { scenario, column, title, unit, against, times: { atMost } };
}

/** Three significant digits are all that a shared machine can tell, and less than a hundredth is nothing. */
export function round(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) < 0.005) return "0";
  return Math.abs(value) < 1 ? value.toFixed(2) : String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3)));
}
