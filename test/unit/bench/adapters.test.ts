// What every adapter of the benchmark makes of every kind of work, without running anything.

import { readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { describe, expect, it } from "vitest";
import { peers } from "../../../bench/peers/all.ts";
import { floors } from "../../../bench/peers/floor.ts";
import {
  type Ability,
  type Job,
  type Mistake,
  type Peer,
  type Plan,
  type Scenario,
  scenarioNames,
  type Service,
} from "../../../bench/peers/peer.ts";

const adapters = join(import.meta.dirname, "../../../bench/peers/adapters");
const directory = "/tmp/job";
const program = `${directory}/service`;
const mistakes: readonly Mistake[] = [
  "syntax error",
  "unknown key",
  "no command",
  "cycle",
  "duplicate port",
  "program not found",
];

describe("the adapters", () => {
  it("are all in the list, and no two have the same name or, floors aside, command", () => {
    expect(peers).toHaveLength(readdirSync(adapters).length);
    expect(new Set(peers.map(({ name }) => name)).size).toBe(peers.length);
    const real = peers.filter(({ name }) => !floors.includes(name));
    expect(new Set(real.map(({ command }) => command)).size).toBe(real.length);
  });

  it.each(readdirSync(adapters))("%s is shorter than 60 lines", (file) => {
    expect(readFileSync(join(adapters, file), "utf8").split("\n").length - 1).toBeLessThan(60);
  });

  it.each(peers)("$name says how it is installed and why it cannot what it cannot", ({ install, version, cannot }) => {
    expect(install).not.toBe("");
    expect(version).not.toHaveLength(0);
    for (const [ability, why] of Object.entries(cannot)) {
      expect([...scenarioNames, ...mistakes, "gate"]).toContain(ability);
      expect(why).toMatch(/^\S.*[^.\s]$/);
    }
  });
});

describe.each(peers)("$name", (peer) => {
  it.each(scenarioNames.filter((scenario) => can(peer, scenario)))("has a plan for %s", (scenario) => {
    const services = scenario === "cold" ? [] : servicesOf(peer, scenario);
    const plan = peer.plan({ scenario, directory, program, services });
    expectSound(plan);
    for (const { name, argv } of services) {
      expect(textOf(plan)).toContain(name);
      for (const argument of argv) expect(textOf(plan)).toContain(argument);
    }
    expect(plan.check === undefined).toBe(!can(peer, "check"));
  });

  it.each(mistakes.filter((mistake) => can(peer, "mistakes") && can(peer, mistake)))(
    "has a plan with a %s",
    (mistake) => {
      const plan = peer.plan(job("mistakes", servicesWith(mistake)));
      expectSound(plan);
      expect(textOf(plan)).not.toBe(textOf(peer.plan(job("mistakes", [service("a"), service("b")]))));
    },
  );

  it("makes the same plan of the same job again", () => {
    const again = job("idle", [service("a"), service("b")]);
    expect(textOf(peer.plan(again))).toBe(textOf(peer.plan(again)));
  });
});

function job(scenario: Scenario, services: readonly Service[]): Job {
  return { scenario, directory, program, services };
}

function can({ cannot }: Peer, ability: Ability): boolean {
  return cannot[ability] === undefined;
}

function service(name: string, more: Partial<Service> = {}): Service {
  const argv = [program, "as", `${directory}/stamps`, name, "idle"];
  return { name, argv, needs: [], restart: "no", graceMs: 2000, ...more };
}

function listening(name: string, port: number, needs: readonly string[]): Service {
  const argv = [program, "as", `${directory}/stamps`, name, "listen", String(port), "50"];
  return service(name, { argv, port, needs, probe: { path: "/" } });
}

/** Some of everything that a scenario may hand over. */
function servicesOf(peer: Peer, scenario: Scenario): readonly Service[] {
  const one = listening("one", 20_001, []);
  const needs = can(peer, "gate") ? ["one"] : [];
  const restart = scenario === "respawn" ? "always" : "no";
  return [one, listening("two", 20_002, needs), service("three", { needs, restart, graceMs: 500 })];
}

function servicesWith(mistake: Mistake): readonly Service[] {
  switch (mistake) {
    case "syntax error":
    case "unknown key":
    case "no command":
      return [service("a"), service("b", { mistake })];
    case "cycle":
      return [service("a", { needs: ["b"] }), service("b", { needs: ["a"] })];
    case "duplicate port":
      return [listening("a", 20_001, []), listening("b", 20_001, [])];
    case "program not found":
      return [service("a"), service("b", { argv: ["/nonexistent/program"] })];
  }
}

function expectSound({ files, stop, output, supervisor, way }: Plan): void {
  for (const name of Object.keys(files)) expect(isAbsolute(name) || name.includes("..")).toBe(false);
  if (typeof output === "object" && "file" in output) expect(isAbsolute(output.file)).toBe(false);
  if ("keys" in stop) expect(way).toBe("terminal");
  // What leaves a daemon behind has to be found and stopped.
  if (way === "returns") expect(supervisor !== undefined && "args" in stop).toBe(true);
}

/** Everything of a plan that reaches the peer. */
function textOf({ files, args, env }: Plan): string {
  return JSON.stringify([Object.entries(files), args, env]).replaceAll(String.raw`\"`, '"');
}
