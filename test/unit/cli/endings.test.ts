import { expect, it } from "vitest";
import { newReporter } from "../../../src/cli/report.ts";
import { remarksOn } from "../../../src/core/remarks.ts";
import type { Change, Entry } from "../../../src/core/event.ts";
import { type Member, newFleet, type Outcome } from "../../../src/core/state.ts";
import type { Output } from "../../../src/supervisor/output.ts";
import { rules, service, task } from "../core/fleet.ts";

const silent = { last: () => [], totals: () => ({ lines: 0, bytes: 0 }), path: () => "" } as unknown as Output;

function entry(changes: readonly Change[], outcome?: Outcome): Entry {
  const event = { type: "woke", at: 0, random: 0 } as const;
  return { number: 1, time: 0, event, changes, ended: false, ...(outcome === undefined ? {} : { outcome }) };
}

it("reports a task whose success ends the run as completed, not as still running", () => {
  const fleet = newFleet([task("seed")], rules());
  const before: Member = {
    ...fleet.members["seed"]!,
    wanted: true,
    run: 1,
    state: { status: "started", run: 1, since: 0 },
  };
  const exit = { code: 0, signal: null } as const;
  const after: Member = { ...before, wanted: false, lastEnd: { exit }, state: { status: "exited", exit } };
  const reporter = newReporter("shop");
  reporter.onEntry(entry([{ before, after }], { kind: "done" }));
  const report = reporter.finish({ kind: "done" }, { ...fleet, members: { seed: after } }, silent);
  expect(report.services).toMatchObject([{ name: "seed", state: "completed", ok: true }]);
});

it("reports the first run and the latest, a hundred at most", () => {
  const fleet = newFleet([service("api")], rules());
  const member = fleet.members["api"]!;
  const reporter = newReporter("shop");
  const runOf = (run: number): Member => ({
    ...member,
    wanted: true,
    run,
    state: { status: "starting", run, since: 0 },
  });
  for (let run = 1; run <= 1000; run++) reporter.onEntry(entry([{ before: runOf(run - 1), after: runOf(run) }]));
  const report = reporter.finish({ kind: "done" }, { ...fleet, members: { api: runOf(1000) } }, silent);
  const told = report.services[0]?.runs.map(({ run }) => run);
  expect(told).toEqual([1, ...Array.from({ length: 99 }, (_, index) => 902 + index)]);
});

it("reports a service that the end of the run stops as it stood before", () => {
  const fleet = newFleet([service("api")], rules());
  const ready = { status: "ready", run: 1, since: 0, verified: true } as const;
  const before: Member = { ...fleet.members["api"]!, wanted: true, run: 1, state: ready };
  const after: Member = { ...before, wanted: false, state: { status: "idle" } };
  const reporter = newReporter("shop");
  reporter.onEntry(entry([{ before, after }], { kind: "done" }));
  const report = reporter.finish({ kind: "done" }, { ...fleet, members: { api: after } }, silent);
  expect(report.services).toMatchObject([{ name: "api", state: "ready", ok: true }]);
});

it.each([
  [143, "stopped after 20ms"],
  [1, "stopped (exit code 1) after 20ms"],
])("says of a service that answers its stop signal with %i: %s", (code, words) => {
  const exit = { code, signal: null } as const;
  const idle: Member = { ...newFleet([service("web")], rules()).members["web"]!, run: 1, lastEnd: { exit } };
  const state = {
    status: "stopping",
    run: 1,
    since: 0,
    deadline: 100,
    killed: false,
    after: { kind: "rest" },
  } as const;
  expect(remarksOn({ before: { ...idle, state }, after: idle }, 20).map(({ text }) => text)).toEqual([words]);
});
