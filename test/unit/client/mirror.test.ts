import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newMirror, type Mirror } from "../../../src/client/mirror.ts";
import type { FromEngine, Hello } from "../../../src/control/protocol.ts";
import { entryLine, helloOf } from "../../../src/control/tell.ts";
import { encode } from "../../../src/control/wire.ts";
import type { Entry } from "../../../src/core/event.ts";
import { type Fleet, newFleet } from "../../../src/core/state.ts";
import { step } from "../../../src/core/step.ts";
import { newJournal } from "../../../src/supervisor/journal.ts";
import { simulate } from "../../simulation/host.ts";
import { hostileScenarios, type Scenario } from "../../simulation/scenario.ts";

const about: Hello["about"] = {
  version: "1.0.0",
  pid: 4711,
  project: "shop",
  root: "/shop",
  instance: "default",
  logs: "/shop/.launch/logs",
  logStarts: {},
  startedAt: 0,
  warnings: [],
};

/** As it comes out at the other end. */
function overTheWire(line: Buffer): FromEngine {
  return JSON.parse(line.toString()) as FromEngine;
}

function mirrorOf(fleet: Fleet, past: readonly Entry[]): Mirror {
  return newMirror(overTheWire(encode(helloOf(about, 0, fleet, past))) as Hello);
}

/** What a face sees that attaches before the first event, and one that attaches after `late` of them. */
function play(scenario: Scenario, late: number, look: (engine: Fleet, entry: Entry, faces: readonly Mirror[]) => void) {
  let journal = newJournal(() => 1);
  let faces = [mirrorOf(newFleet(scenario.services, scenario.rules), [])];
  simulate(scenario, step, ({ event, before, after }) => {
    // Another engine took over: whoever is there has attached to it anew.
    if (event.type === "reclaimed") {
      journal = newJournal(() => 1);
      faces = faces.map(() => mirrorOf(before, []));
    }
    const entry = journal.append(event, before, after);
    const message = overTheWire(entryLine(entry, after)) as Extract<FromEngine, { type: "entry" }>;
    for (const face of faces) face.take(message.entry);
    if (entry.number === late) faces.push(mirrorOf(after, journal.latest(500)));
    look(after, entry, faces);
  });
}

describe("whatever happens", () => {
  const scenarios = fc.sample(hostileScenarios, { seed: 7, numRuns: 12 });

  it("the fleet and each entry are at a face what they are at the engine", () => {
    for (const scenario of scenarios) {
      play(scenario, 20, (engine, entry, faces) => {
        for (const face of faces) expectSame(face.fleet(), engine);
        expectSame(faces[0]!.entries.latest(1), [entry]);
      });
    }
  });

  it("a face that comes late has the same past as one that was there, members of before included", () => {
    const longest = scenarios.reduce((first, second) => (lengthOf(first) >= lengthOf(second) ? first : second));
    let taken = 0;
    play(longest, 20, (_, entry, [early, late]) => {
      if (late === undefined) return;
      const seen = early!.entries.latest(500);
      expectSame(late.entries.latest(500), seen);
      expect(seen.at(-1)?.number).toBe(entry.number);
      if (entry.number > 20) taken++;
    });
    expect(taken).toBeGreaterThan(20);
  });

  it("a past that does not reach back to the beginning is as true as far as it reaches", () => {
    let journal = newJournal(() => 1);
    simulate(scenarios[0]!, step, ({ event, before, after }) => {
      if (event.type === "reclaimed") journal = newJournal(() => 1);
      journal.append(event, before, after);
      const past = journal.latest(7);
      expectSame(mirrorOf(after, past).entries.latest(7), past);
    });
  });
});

/** As `toStrictEqual`, at once where they are. */
function expectSame(seen: unknown, meant: unknown): void {
  if (!isDeepStrictEqual(seen, meant)) expect(seen).toStrictEqual(meant);
}

function lengthOf(scenario: Scenario): number {
  let events = 0;
  simulate(scenario, step, () => events++);
  return events;
}

it("members that an entry does not name stay the same objects", () => {
  const [scenario] = fc.sample(hostileScenarios, { seed: 7, numRuns: 1 });
  let known: Fleet | undefined;
  play(scenario!, 0, (engine, entry, [face]) => {
    const fleet = face!.fleet();
    const changed = entry.changes.map(({ after }) => after.service.name);
    for (const name of Object.keys(engine.members)) {
      if (known !== undefined && !changed.includes(name)) expect(fleet.members[name]).toBe(known.members[name]);
    }
    known = fleet;
  });
});
