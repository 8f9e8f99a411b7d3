import { describe, expect, it } from "vitest";
import type { Choice, Service } from "../../../src/core/service.ts";
import type { Conflict, Holder, HolderKnowledge } from "../../../src/core/conflict.ts";
import {
  choicesCommonTo,
  holderFacts,
  holderName,
  meaningOf,
  othersOf,
  preferences,
} from "../../../src/core/question.ts";
import { conflict, on, service } from "./fleet.ts";
import { play } from "./play.ts";

const held = (words: Partial<Holder> = {}): HolderKnowledge => ({
  kind: "process",
  holder: { pid: 4711, command: "/usr/bin/node vite", ...words },
});
const project = { name: "shop", service: "web", root: "/shop" };

it("offers what every conflict allows", () => {
  const strict: Conflict = { ...conflict("api"), choices: ["wait", "skip", "quit"] };
  expect(choicesCommonTo([conflict("api"), strict])).toEqual(["wait", "skip", "quit"]);
  expect(choicesCommonTo([strict, conflict("api")])).toEqual(["wait", "skip", "quit"]);
  expect(choicesCommonTo([])).toEqual([]);
});

it.each<[Service["endpoints"][number]["onConflict"], readonly Choice[]]>([
  ["ask", ["next", "wait", "skip", "quit"]],
  ["kill", ["next", "wait", "skip", "quit"]],
  ["fail", ["next", "wait", "skip", "quit"]],
  ["skip", ["skip", "next", "wait", "skip", "quit"]],
  ["adopt", ["adopt", "next", "wait", "skip", "quit"]],
])("prefers what the manifest wishes for, if it harms nobody: %s", (onConflict, choices) => {
  const { endpoints, ...api } = service("api", { port: 3000 });
  expect(preferences({ ...api, endpoints: [{ ...endpoints[0]!, onConflict }] }, [conflict("api")])).toEqual(choices);
});

it("prefers what is safe where nothing is known of the service", () => {
  expect(preferences(undefined, [conflict("api")])).toEqual(["next", "wait", "skip", "quit"]);
  expect(preferences(service("api"), [])).toEqual(["next", "wait", "skip", "quit"]);
});

describe("a holder", () => {
  it.each<[HolderKnowledge, string]>([
    [held(), "node (pid 4711)"],
    [held({ project }), "web of shop (pid 4711)"],
  ])("%o is called %s", (known, name) => {
    expect(holderName(known)).toBe(name);
  });

  it("that is no process is called what it is", () => {
    expect(holderName({ kind: "sibling", service: "web" })).toContain("web");
  });

  it("has all that is known of it told, a line for who and one for where", () => {
    const all = { user: "ann", startedAt: 10_000, cwd: "/shop", container: "c1", unit: "u1", leftover: true };
    const running = { ...project, running: true };
    expect(holderFacts(held({ ...all, project: running }), 70_000)).toEqual([
      "user ann, for 1m, in /shop",
      "container c1, systemd unit u1, left over from an earlier run of this project, its project runs, and would start it again",
    ]);
  });

  it("has nothing told that is not known", () => {
    expect(holderFacts(held(), 0)).toEqual([]);
    expect(holderFacts(held({ project, leftover: false }), 0)).toEqual([]);
    expect(holderFacts(held({ cwd: "/shop" }), 0)).toEqual(["in /shop"]);
    expect(holderFacts(held({ startedAt: 5000 }), 0)).toEqual(["for 0ms"]);
    expect(holderFacts({ kind: "privileged" }, 0)).toEqual([]);
  });
});

it("an answer is also about who uses the port and who cannot do without the service", () => {
  const services = [
    service("api"),
    service("web", { needs: ["api"] }),
    service("other", { needs: ["web", on("api", "ready", { required: false })] }),
    service("unwanted", { needs: ["api"] }),
  ];
  const p = play(services, { portUsers: { api: ["api", "web", "db"] } });
  p.up("api", "web", "other");
  expect(othersOf(p.fleet, "api")).toEqual({ users: ["web", "db"], needing: ["web", "other"] });
  expect(othersOf(p.fleet, "web")).toEqual({ users: [], needing: ["other"] });
});

describe("an answer means", () => {
  const nobody = { users: [], needing: [] };
  const others = { users: ["web", "db"], needing: ["web", "tests"] };
  const { next: _, ...full } = conflict("api", 3001);

  it.each<[Choice, string, string]>([
    ["next", "take 3001, another port instead", "take 3001, another port instead and tell web, db"],
    ["kill", "stop node (pid 4711) and node (pid 4711), then start api", ""],
    ["adopt", "use what runs there as api; launch will watch it and never stop it", ""],
    ["wait", "wait until the port is free", ""],
    ["skip", "go on without api", "go on without api and what needs it (web, tests)"],
    ["quit", "stop everything", ""],
  ])("%s: %s", (choice, alone, among) => {
    expect(meaningOf(choice, "api", [conflict("api"), full], nobody)).toBe(alone);
    expect(meaningOf(choice, "api", [conflict("api"), full], others)).toBe(among === "" ? alone : among);
  });
});
