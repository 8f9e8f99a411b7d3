import { describe, expect, test } from "vitest";
import type { Conflict, Holder, HolderKnowledge } from "../../../src/core/conflict.ts";
import type { Choice, Endpoint } from "../../../src/core/service.ts";
import { choicesFor, decide } from "../../../src/plan/conflicts.ts";

const self = { uid: 1000, pids: new Set([100, 200]) };
const endpoint: Endpoint = { name: "main", source: "preferred", preferred: 3000, fixed: false, onConflict: "ask" };
const ranged: Endpoint = { ...endpoint, range: { from: 3000, to: 3010 } };
const held = (more: Partial<Holder> = {}): HolderKnowledge => ({
  kind: "process",
  holder: { pid: 4711, command: "node server.js", uid: 1000, ...more },
});
const project = { name: "shop", service: "web", root: "/home/me/shop" };
const choices = (holder: HolderKnowledge, wish: Endpoint = endpoint, strict = false, next: number | undefined = 3001) =>
  choicesFor(wish, holder, next, { strict, self });
const conflict = (holder: HolderKnowledge, wish: Endpoint = endpoint, next: number | undefined = 3001): Conflict => ({
  service: "api",
  endpoint: "main",
  port: 3000,
  holder,
  choices: choices(holder, wish, false, next),
  ...(next === undefined ? {} : { next }),
});

describe("choices", () => {
  test("a process of the same user can be moved away from, ended, adopted or waited for", () => {
    expect(choices(held())).toEqual(["next", "kill", "adopt", "wait", "skip", "quit"]);
  });
  test.each<[string, Partial<Holder>]>([
    ["the system's first process", { pid: 1 }],
    ["ourselves or an ancestor", { pid: 200 }],
    ["another user's process", { uid: 0 }],
    ["a process whose user is not known", { uid: undefined as never }],
    ["a container's proxy", { command: "/usr/bin/docker-proxy -proto tcp" }],
  ])("%s is never offered to be ended", (_, more) => {
    expect(choices(held(more))).toEqual(["next", "adopt", "wait", "skip", "quit"]);
  });
  test("a fixed port, --strict-ports and a full range do not offer to move", () => {
    expect(choices(held(), { ...endpoint, fixed: true })).not.toContain("next");
    expect(choices(held(), endpoint, true)).not.toContain("next");
    expect(choices(held(), ranged, false, undefined as never)).toContain("kill");
    expect(choicesFor(ranged, held(), undefined, { strict: false, self })).not.toContain("next");
  });
  test("only a port with a listener can be adopted", () => {
    expect(choices({ kind: "other-user", uid: 0 })).toContain("adopt");
    expect(choices({ kind: "unknown", listening: true })).toContain("adopt");
    expect(choices({ kind: "unknown" })).not.toContain("adopt");
    expect(choices({ kind: "lease" })).toEqual(["next", "wait", "skip", "quit"]);
  });
  test("nobody waits for a privilege", () => {
    expect(choices({ kind: "privileged" })).toEqual(["next", "skip", "quit"]);
  });
});

describe("without a person", () => {
  const policy = { strictPorts: false };
  const decided = (holder: HolderKnowledge, wish: Endpoint = endpoint, onConflict?: Exclude<Choice, "quit"> | "fail") =>
    decide(conflict(holder, wish), wish, onConflict === undefined ? policy : { ...policy, onConflict });

  test("what a dead run of this project left is ended", () => {
    expect(decided(held({ leftover: true, project })).choice).toBe("kill");
  });
  test("what a dead run left is not ended when it is another user's by now", () => {
    expect(decided(held({ leftover: true, project, uid: 0 })).choice).toBe("next");
  });
  test("another worktree keeps its port, also against a bare number", () => {
    expect(decided(held({ project }))).toEqual({ choice: "next", reason: "another launch project has it" });
    expect(decided(held({ project: { ...project, instance: "two" } }))).toEqual({
      choice: "next",
      reason: "another instance of this project has it",
    });
    expect(decided({ kind: "lease" }).choice).toBe("next");
  });
  test("a stranger is moved away from only where the manifest gives room", () => {
    expect(decided(held())).toEqual({
      choice: "fail",
      reason: "the manifest gives no room to move, and nobody was there to ask",
    });
    expect(decided(held(), ranged).choice).toBe("next");
    expect(decided(held(), { ...ranged, source: "auto" }).choice).toBe("next");
  });
  test("a manifest's kill ends nobody", () => {
    expect(decided(held(), { ...endpoint, onConflict: "kill" }).choice).toBe("fail");
    expect(decided(held(), { ...ranged, onConflict: "kill" }).choice).toBe("next");
  });
  test.each<Choice | "fail">(["next", "adopt", "wait", "skip", "fail"])("a manifest's %s is followed", (declared) => {
    expect(decided(held(), { ...endpoint, onConflict: declared as never })).toEqual({
      choice: declared,
      reason: `on_conflict: ${declared}`,
    });
  });
  test("the command line beats the manifest and alone may kill", () => {
    expect(decided(held(), { ...endpoint, onConflict: "fail" }, "kill")).toEqual({
      choice: "kill",
      reason: "--on-conflict kill",
    });
    expect(decided(held(), { ...ranged, onConflict: "next" }, "fail").choice).toBe("fail");
    expect(decided(held(), endpoint, "next").choice).toBe("next");
  });
  test("an impossible order fails and says why", () => {
    expect(decided(held({ uid: 0 }), endpoint, "kill").reason).toContain("only a process of this user");
    expect(decided({ kind: "unknown" }, endpoint, "adopt").reason).toContain("nothing listens there");
    expect(decided(held({ project }), { ...endpoint, fixed: true }).reason).toBe("the port is fixed");
    expect(decide(conflict(held()), ranged, { strictPorts: true }).reason).toContain("--strict-ports");
    const full: Conflict = {
      ...conflict(held(), ranged),
      choices: ["kill", "quit"],
      exhausted: { from: 3000, to: 3010 },
    };
    expect(decide(full, ranged, policy).reason).toBe("no port from 3000 to 3010 is free");
  });
  test("a service of a running project is not ended, and the true reason is given", () => {
    const alive = held({ project: { ...project, running: true } });
    expect(choices(alive)).not.toContain("kill");
    expect(decided(alive, endpoint, "kill").reason).toContain("a running launch project would start it again");
    expect(choices(held({ project: { ...project, running: false } }))).toContain("kill");
  });
  test("a service of this same run is no other project's, and is not ended", () => {
    const own = held({ project: { ...project, own: true } });
    expect(choices(own)).not.toContain("kill");
    expect(decided(own)).toEqual({ choice: "next", reason: `${project.service} of this same run has it` });
    expect(decided(own, endpoint, "kill").reason).toContain("this run would start it again");
  });
  test("two services of one manifest that want one port are not told of another run", () => {
    const sibling: HolderKnowledge = { kind: "sibling", service: "web" };
    expect(choices(sibling)).toEqual(["next", "skip", "quit"]);
    expect(decided(sibling)).toMatchObject({ choice: "fail" });
    expect(decided(sibling, ranged).choice).toBe("next");
  });
});
