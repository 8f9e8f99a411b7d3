// What is said when a selection cannot be, and what to do.

import { expect, it } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import { selectServices, unknownProfiles, type Selection } from "../../../src/plan/select.ts";
import { service } from "../core/fleet.ts";

const all: Selection = { names: [], except: [], external: [], profiles: [], withNeeds: true };

function told(services: readonly Service[], words: Partial<Selection> = {}): readonly (readonly string[])[] {
  const selected = selectServices(services, { ...all, ...words });
  return selected.ok ? [] : selected.problems.map(({ message, remedy }) => [message, remedy ?? ""]);
}

const api = service("api", { needs: ["db"] });

it.each<[Partial<Pick<Service, "enabled" | "profiles">>, string, string]>([
  [
    { enabled: false },
    "api needs db, which is switched off (enabled: false)",
    "Enable db, or make the need optional with required: false.",
  ],
  [
    { profiles: ["data"] },
    "api needs db, which is only in profile data",
    "Add --profile data, or make the need optional with required: false.",
  ],
  [
    { profiles: ["data", "full"] },
    "api needs db, which is only in profiles data, full",
    "Add --profile data, or make the need optional with required: false.",
  ],
])("a need with %j that takes no part", (words, message, remedy) => {
  expect(told([service("db", words), api])).toEqual([[message, remedy]]);
});

it.each<[keyof Selection]>([["names"], ["except"], ["external"]])("a name in %s that no service has", (key) => {
  const services = [service("db"), service("api")];
  expect(told(services, { [key]: ["zzzz", "dbb"] })).toEqual([
    ['no service is called "zzzz"', "The services are db, api."],
    ['no service is called "dbb"', 'Did you mean "db"?'],
  ]);
});

it("a profile that no service is in", () => {
  const services = [service("a", { profiles: ["data", "full"] }), service("b", { profiles: ["full"] })];
  expect(unknownProfiles(services, ["full", "dat", "zzzz"])).toEqual([
    { message: 'no service is in a profile "dat"', remedy: 'Did you mean "data"?' },
    { message: 'no service is in a profile "zzzz"', remedy: "The profiles are data, full." },
  ]);
  expect(unknownProfiles([service("a")], ["x"])).toEqual([
    { message: 'no service is in a profile "x"', remedy: "No service here has a profile." },
  ]);
});
