import { expect, it } from "vitest";
import type { Guard, Guarded } from "../../../src/effects/processes/guard.ts";
import { parseTag } from "../../../src/effects/processes/tag.ts";
import { type Custody, newCustody } from "../../../src/supervisor/custody.ts";
import { service } from "../core/fleet.ts";

/** Custody of a run that had so many engines before, and what its guard is told. */
function newScene(engines: number): { readonly custody: Custody; readonly told: (Guarded | string | number)[] } {
  const told: (Guarded | string | number)[] = [];
  const guard: Guard = {
    process: undefined,
    add: (group) => void told.push(group),
    remove: (pid) => void told.push(pid),
    mode: (mode) => void told.push(mode),
    hurry: () => void told.push("hurry"),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const marker = { start: "a", end: "z" };
  return { told, custody: newCustody({ guard, instance: 5, engines, since: 0, marker, report: () => {} }) };
}

const numberOf = (custody: Custody, name: string): number | undefined => parseTag(custody.tag(name, 1) ?? "")?.service;

it.each([
  [0, [0, 1, 0]],
  [1, [512, 513, 512]],
  [3, [1536, 1537, 1536]],
])("services of an engine after %i others have numbers of their own", (engines, numbers) => {
  const { custody } = newScene(engines);
  expect(["api", "db", "api"].map((name) => numberOf(custody, name))).toEqual(numbers);
  expect(parseTag(custody.tag("api", 7) ?? "")).toEqual({ instance: 5, service: numbers[0], run: 7 });
});

it("launch's own programs have a number that no service gets", () => {
  expect(parseTag(newScene(0).custody.ownTag ?? "")).toEqual({ instance: 5, service: 4095, run: 0 });
});

it("the guard is told which process leads a group, as what it began, and how it is to end", () => {
  const { custody, told } = newScene(0);
  const stop = { signal: "SIGINT", timeout: 300 } as const;
  const kept = { service: service("api", { stop }), run: 1, marker: "a/api/1/z", pid: 4_194_000 };
  custody.began({ ...kept, startTicks: 77 });
  custody.began(kept);
  expect(told).toEqual([
    { pid: 4_194_000, startTicks: 77, signal: "SIGINT", graceMs: 300 },
    { pid: 4_194_000, signal: "SIGINT", graceMs: 300 },
  ]);
});

it("a hurry is the guard's as well", () => {
  const { custody, told } = newScene(0);
  custody.hurry();
  expect(told).toEqual(["hurry"]);
});
