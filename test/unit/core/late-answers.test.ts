// A run of which nothing is asked, and an answer that comes to something after it was taken back.

import { expect, it } from "vitest";
import type { Rules } from "../../../src/core/state.ts";
import { service, task } from "./fleet.ts";
import { play } from "./play.ts";

it.each<Partial<Rules>>([{ endWhenCompleted: true }, { endWhenSettled: true }])(
  "does not end for that, with %j",
  (rules) => {
    const p = play([task("migrate"), service("api")], rules);
    expect(p.send({ type: "woke" })).toEqual([]);
    p.up("migrate", "api");
    p.serves("api");
    p.exited("migrate", 0);
    p.down("api", "migrate");
    expect(p.exited("api", 0)).toEqual([]);
    expect(p.fleet.outcome).toBeUndefined();
  },
);

it.each([
  ["is taken back, and asked for again", ["api"], "api starting", true],
  ["is taken back", [], "api idle", false],
])("an adoption that comes after its answer %s", (_, again, states, adopted) => {
  const p = play([service("api", { port: 3000 })]);
  expect(p.up("api")).toEqual(["claim api"]);
  p.conflict("api");
  expect(p.answer("api", "adopt")).toEqual(["settle api adopt"]);
  p.down("api");
  p.up(...again);
  p.adopted("api");
  expect(p.states).toBe(states);
  expect(p.member("api").adopted).toBe(adopted);
  expect(p.up("api")).toEqual(adopted ? [] : ["claim api"]);
});
