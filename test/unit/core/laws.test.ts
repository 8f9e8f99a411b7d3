import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { step } from "../../../src/core/step.ts";
import { simulate, type Rulebook } from "../../simulation/host.ts";
import { faults } from "../../simulation/faults.ts";
import type { Law } from "../../simulation/law.ts";
import { bringsEverythingUp, laws } from "../../simulation/laws.ts";
import { benignScenarios, hostileScenarios, type Scenario } from "../../simulation/scenario.ts";

// A fixed seed: the same runs every time. On a violation the run is made smaller before it is shown.
const seed = 20;
const hostile = fc.sample(hostileScenarios, { seed, numRuns: 150 });
const benign = fc.sample(benignScenarios, { seed, numRuns: 40 });

/** What the laws say about one run, by law. */
function violations(
  scenario: Scenario,
  rulebook: Rulebook,
  watched: Readonly<Record<string, Law>>,
): Map<string, string> {
  const found = new Map<string, string>();
  const watchers = Object.entries(watched).map(([name, law]) => [name, law(scenario, rulebook)] as const);
  const end = simulate(scenario, rulebook, (observation) => {
    for (const [name, { onStep }] of watchers) {
      const wrong = found.has(name) ? undefined : onStep?.(observation);
      if (wrong !== undefined) found.set(name, `${wrong}, at ${observation.event.at} by ${observation.event.type}`);
    }
  });
  for (const [name, { onEnd }] of watchers) {
    const wrong = onEnd?.(end);
    if (wrong !== undefined && !found.has(name)) found.set(name, wrong);
  }
  return found;
}

describe("whatever happens", () => {
  const broken = new Map<string, string>();
  for (const scenario of hostile) for (const [name, wrong] of violations(scenario, step, laws)) broken.set(name, wrong);

  it.each(Object.keys(laws) as (keyof typeof laws)[])("%s", (name) => {
    const law = { [name]: laws[name] };
    if (broken.has(name)) {
      fc.assert(
        fc.property(hostileScenarios, (scenario) => expect([...violations(scenario, step, law).values()]).toEqual([])),
        { seed, numRuns: hostile.length },
      );
    }
    expect(broken.get(name)).toBeUndefined();
  });
});

describe("a law notices rules that break it", () => {
  it.each(Object.keys(laws) as (keyof typeof laws)[])("%s", (name) => {
    const noticed = hostile.some((scenario) => violations(scenario, faults[name](), { [name]: laws[name] }).size > 0);
    expect(noticed).toBe(true);
  });

  it("everything that is wanted comes up", () => {
    const deaf: Rulebook = (fleet, event) =>
      step(fleet, event.type === "ready" ? { ...event, type: "healthy" } : event);
    expect(benign.some((scenario) => violations(scenario, deaf, { it: bringsEverythingUp }).size > 0)).toBe(true);
  });
});

describe("on a machine that does as asked", () => {
  it("everything that is wanted comes up, and the end is clean", () => {
    for (const scenario of benign) {
      expect([...violations(scenario, step, { it: bringsEverythingUp }).values()]).toEqual([]);
    }
  });
});
