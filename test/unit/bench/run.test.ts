import { expect, test } from "vitest";
import { type Order, runAll } from "../../../bench/peers/run.ts";
import type { Peer, Scenario } from "../../../bench/peers/peer.ts";
import type { Measured } from "../../../bench/peers/scenarios/scenario.ts";

const ground = { bench: { directory: "", service: "", launch: "", [Symbol.dispose]: () => {} }, path: "" };

function contender(name: string, cannot: Peer["cannot"] = {}): Order["contenders"][number] {
  const plan = (): never => {
    throw new Error("nothing is planned here");
  };
  return { peer: { name, command: name, install: "", version: [], cannot, plan }, file: name, version: "1" };
}

/** A scenario that writes down whose turn it is. */
function scenario(name: Scenario, turns: string[], enough = 1, fails?: string): Measured {
  return {
    scenario: name,
    title: name,
    about: "",
    columns: [],
    enough,
    how: "alone",
    async measure(_, { peer }) {
      turns.push(`${name} ${peer.name}`);
      if (peer.name === fails) throw new Error("it broke");
      return [{ column: "ms", value: 1 }];
    },
  };
}

function order(more: Partial<Order>): Order {
  return {
    scenarios: [],
    contenders: ["a", "b", "c"].map((name) => contender(name)),
    minutes: 1,
    runs: undefined,
    say: () => {},
    ...more,
  };
}

test("lets peers take turns within a round, and another begin each time", async () => {
  const turns: string[] = [];
  await runAll(ground, order({ scenarios: [scenario("cold", turns, 3)] }));
  expect(turns.map((turn) => turn.split(" ")[1]).join("")).toBe("abcbcacab");
});

test("measures every scenario once before any is measured again", async () => {
  const turns: string[] = [];
  const contenders = [contender("a")];
  await runAll(ground, order({ contenders, scenarios: [scenario("cold", turns, 2), scenario("lines", turns, 2)] }));
  expect(turns).toEqual(["cold a", "lines a", "cold a", "lines a"]);
});

test("goes on after a measurement that failed, and names it", async () => {
  const turns: string[] = [];
  const found = await runAll(ground, order({ scenarios: [scenario("cold", turns, 2, "b"), scenario("idle", turns)] }));
  expect(found.misses).toEqual([{ scenario: "cold", peer: "b", words: "it broke" }]);
  expect(found.samples.filter(({ peer }) => peer === "b").map(({ scenario }) => scenario)).toEqual(["idle"]);
  // Nobody knows how long another would take, and it is reported already.
  expect(turns.filter((turn) => turn === "cold b")).toHaveLength(1);
});

test("asks nobody for what it cannot do", async () => {
  const turns: string[] = [];
  const contenders = [contender("a", { cold: "has none" }), contender("b")];
  const found = await runAll(ground, order({ contenders, scenarios: [scenario("cold", turns)] }));
  expect(turns).toEqual(["cold b"]);
  expect(found.misses).toEqual([]);
});

test("makes no more rounds than it was told to", async () => {
  const turns: string[] = [];
  await runAll(ground, order({ scenarios: [scenario("cold", turns, 10)], runs: 1 }));
  expect(turns).toHaveLength(3);
});

test("says what there was no time for", async () => {
  const turns: string[] = [];
  const { misses } = await runAll(ground, order({ scenarios: [scenario("cold", turns)], minutes: 0 }));
  expect(turns).toEqual([]);
  expect(misses.map(({ peer }) => peer)).toEqual(["a", "b", "c"]);
});
